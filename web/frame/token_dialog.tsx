/**
 * Asks for a token, where the server can be reached from other machines. Kept while the tab is
 * open.
 */
import { type FormEvent, useEffect, useRef } from 'react'
import type { TokenWanted } from '../api/client.ts'
import { useApi } from '../api/use_api.ts'

const SAID = {
  'a first': null,
  another: 'That token is not known here.',
  'one for more': 'The token you gave may read, and not do this: it needs one of kind admin.',
} as const

interface TokenDialogProps {
  readonly wanted: Exclude<TokenWanted, 'not wanted'>
}

export function TokenDialog({ wanted }: TokenDialogProps) {
  const api = useApi()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const give = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    api.giveToken(String(new FormData(event.currentTarget).get('token') ?? ''))
  }
  return (
    // Without a token there is nothing to go back to: Escape does not close it.
    <dialog aria-labelledby="token-title" className="token" closedby="none" ref={dialog}>
      <form onSubmit={give}>
        <h2 id="token-title">A token, please</h2>
        <p>
          This server can be reached from other machines, so it asks for a read token. It was told
          in the server's log when it first started.
        </p>
        {SAID[wanted] && (
          <p className="token-refused" role="alert">
            {SAID[wanted]}
          </p>
        )}
        <label className="field">
          Token
          <input autoComplete="off" name="token" required type="password" />
        </label>
        <div className="token-ends">
          <button className="button primary" type="submit">
            Continue
          </button>
          {wanted === 'one for more' && (
            <button className="button" onClick={() => api.declineToken()} type="button">
              Go on without
            </button>
          )}
        </div>
      </form>
    </dialog>
  )
}
