/** Whether the server answers, said calmly: a moment's silence is not worth a word. */
import { useEffect, useState } from 'react'
import { useConnection } from '../api/use_api.ts'

const SILENCE_MS = 1_500

const WORDS = { connecting: 'connecting', live: 'live', away: 'reconnecting' } as const

export function ConnectionMark() {
  const connection = useConnection()
  const [shown, setShown] = useState(connection)
  useEffect(() => {
    if (connection !== 'away') {
      setShown(connection)
      return
    }
    const timer = setTimeout(() => setShown('away'), SILENCE_MS)
    return () => clearTimeout(timer)
  }, [connection])
  return (
    <p className="connection" data-state={shown} role="status">
      {WORDS[shown]}
    </p>
  )
}
