/** Starts the page: one client of the API and one address, handed to everything below. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './style/tokens.css'
import './style/base.css'
import { Api } from './api/client.ts'
import { ApiContext } from './api/use_api.ts'
import { App } from './frame/app.tsx'
import { AddressBook, AddressContext } from './state/address.ts'

const api = new Api()
const address = new AddressBook(window)

createRoot(document.getElementById('page') as HTMLElement).render(
  <StrictMode>
    <ApiContext value={api}>
      <AddressContext value={address}>
        <App />
      </AddressContext>
    </ApiContext>
  </StrictMode>,
)
