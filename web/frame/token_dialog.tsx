/**
 * Asks for a token, where the server can be reached from other machines. Kept while the tab is
 * open.
 */
import { type FormEvent, useEffect, useRef } from 'react'
import { useApi } from '../api/use_api.ts'

export function TokenDialog() {
  const api = useApi()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const give = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    api.giveToken(String(new FormData(event.currentTarget).get('token') ?? ''))
  }
  return (
    <dialog aria-labelledby="token-title" className="token" ref={dialog}>
      <form onSubmit={give}>
        <h2 id="token-title">A token, please</h2>
        <p>
          This server can be reached from other machines, so it asks for a read token. It was told
          in the server's log when it first started.
        </p>
        <label className="field">
          Token
          <input autoComplete="off" name="token" required type="password" />
        </label>
        <button className="button primary" type="submit">
          Continue
        </button>
      </form>
    </dialog>
  )
}
