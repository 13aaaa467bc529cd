/**
 * One child process kept alive: forked, watched, forked again after it died, each time later up to
 * a bound. It knows nothing of what the child does.
 */
import { type ChildProcess, fork } from 'node:child_process'
import type { Socket } from 'node:net'
import { backoff_ms } from '../std/backoff.ts'
import type { Clock } from '../std/clock.ts'
import { messageOf } from '../std/errors.ts'
import type { Logger } from '../std/logger.ts'
import { type NoticeCode, sayTo, tell } from '../std/notices.ts'
import { environmentWith } from '../std/settings.ts'
import type { ToChild, ToSupervisor } from './messages.ts'

const RESTART = { first_ms: 100, most_ms: 5_000 }
/** A child that lived this long has got over what killed the one before it. */
const HEALTHY_MS = 1_000
/** The exit code of a child that was started wrongly: starting it again cannot help. */
const EXIT_USAGE = 2

export interface ChildOptions {
  readonly role: string
  /** The program and its arguments, run by this Node. */
  readonly program: string
  readonly arguments: readonly string[]
  readonly clock: Clock
  readonly logger: Logger
  readonly onMessage?: (message: ToSupervisor) => void
  /** The process is gone and no message of it can come any more. */
  readonly onGone?: () => void
  /** It ended by itself, for this reason, and is started again. */
  readonly onLost?: (reason: string) => void
  /** It cannot be started at all; it stays down. */
  readonly onHopeless: () => void
}

export class Child {
  readonly role: string
  readonly #options: ChildOptions
  #process: ChildProcess | null = null
  #state: 'running' | 'waiting' | 'stopping' | 'ended' = 'ended'
  #failures = 0
  #started_ms = 0
  #restart: NodeJS.Timeout | undefined

  constructor(options: ChildOptions) {
    this.role = options.role
    this.#options = options
  }

  /** The process id while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  start(): void {
    const { program, clock, onMessage } = this.#options
    const child = fork(program, [...this.#options.arguments], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      // The log syncs on the thread pool; with four threads a slow disk would hold up everything.
      env: environmentWith({ UV_THREADPOOL_SIZE: '16' }),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#process = child
    this.#state = 'running'
    this.#started_ms = clock.now_ms()
    child.on('message', (message) => onMessage?.(message as ToSupervisor))
    child.on('error', (error) => this.#tell('CHILD_UNREACHABLE', messageOf(error)))
    // Tricky: 'exit' may come before its last messages; 'close' comes after them.
    child.on('close', (code, signal) => this.#closed(code, signal))
  }

  /** Sends, if it runs; our copy of the socket stays open. A broken channel shows as `onGone`. */
  send(message: ToChild, socket?: Socket): void {
    const child = this.#process
    if (child?.connected) child.send(message, socket, { keepOpen: true }, () => {})
  }

  /** Ends it in good order, or hard after so many ms. Resolves when it is gone. */
  async stop(most_ms: number): Promise<'stopped' | 'killed'> {
    clearTimeout(this.#restart)
    const child = this.#process
    if (!child) {
      this.#state = 'ended'
      return 'stopped'
    }
    this.#state = 'stopping'
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
    this.send({ kind: 'stop' })
    let how: 'stopped' | 'killed' = 'stopped'
    const bound = setTimeout(() => {
      how = 'killed'
      this.kill()
    }, most_ms)
    await gone
    clearTimeout(bound)
    return how
  }

  /** Ends it now. */
  kill(): void {
    clearTimeout(this.#restart)
    this.#process?.kill('SIGKILL')
  }

  #tell(code: NoticeCode, ...details: readonly (string | number)[]): void {
    tell(sayTo(this.#options.logger), code, this.role, ...details)
  }

  #closed(code: number | null, signal: NodeJS.Signals | null): void {
    const { clock, onGone, onLost, onHopeless } = this.#options
    this.#process = null
    onGone?.()
    if (this.#state === 'stopping') {
      this.#state = 'ended'
      return
    }
    const reason = signal ? `was ended by ${signal}` : `ended with exit code ${code}`
    if (code === EXIT_USAGE) {
      this.#state = 'ended'
      this.#tell('CHILD_HOPELESS', reason)
      onHopeless()
      return
    }
    const lived_ms = clock.now_ms() - this.#started_ms
    this.#failures = lived_ms >= HEALTHY_MS ? 1 : this.#failures + 1
    const delay_ms = backoff_ms(this.#failures, RESTART)
    this.#state = 'waiting'
    this.#tell('CHILD_LOST', reason, lived_ms, delay_ms)
    onLost?.(reason)
    this.#restart = setTimeout(() => this.start(), delay_ms)
  }
}
