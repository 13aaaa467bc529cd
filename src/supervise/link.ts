/** The child's end of the channel to its supervisor. Without supervisor it ends by itself. */
import type { Socket } from 'node:net'
import type { ToChild, ToSupervisor } from './messages.ts'

export interface SupervisorLink {
  /** Tells that this child serves now; `url` is where it listens by itself, if it does. */
  ready(url: string | null): void
  /** Whom to give the connections that the supervisor hands over. */
  onConnection(take: (socket: Socket) => void): void
}

/** Opens the link of a process that was forked by a supervisor; `stop` is called once. */
export function linkToSupervisor(child: NodeJS.Process, stop: () => void): SupervisorLink {
  const waiting: Socket[] = []
  let take = (socket: Socket): void => void waiting.push(socket)
  const tell = (message: ToSupervisor): void => {
    // Tricky: a supervisor that died between two of our messages is told by 'disconnect' below.
    if (child.connected) child.send?.(message, undefined, undefined, () => {})
  }
  child.on('message', (message: ToChild, socket?: Socket) => {
    if (message.kind === 'stop') {
      stop()
      return
    }
    tell({ kind: 'taken', number: message.number })
    // The client may have gone while its connection travelled.
    if (socket) take(socket)
  })
  child.on('disconnect', stop)
  // Tricky: a supervisor that was killed while this process started is told of to nobody any more.
  if (!child.connected) stop()
  return {
    ready: (url) => tell({ kind: 'ready', url }),
    onConnection: (taker) => {
      take = taker
      for (const socket of waiting.splice(0)) taker(socket)
    },
  }
}
