/** What `collect` and `process` have in common: run until asked to stop or unable to go on. */
import type { RunningRole } from '../pipeline.ts'
import { createLogger, type Logger } from '../std/logger.ts'
import { causeOf, sayTo, tell } from '../std/notices.ts'
import type { Context, ExitCode } from './command.ts'

/** A child of the supervisor that it cannot end in time ends itself: nobody else would. */
export async function runRole(
  role: RunningRole,
  context: Context,
  logger: Logger,
): Promise<ExitCode> {
  context.supervisor?.ready(role.url)
  const ended = await Promise.race([aborted(context.signal), role.failed])
  if (ended instanceof Error) {
    tell(sayTo(logger, ended), 'CANNOT_GO_ON', causeOf(ended))
    return 1
  }
  return (await within(context.settings.stop_ms_max, role.stop())) === 'done' ? 0 : 1
}

export function loggerOf(role: string, context: Context): Logger {
  const { clock, settings } = context
  const { log_level } = settings
  const readers = context.stderr.isTTY && !context.json ? 'people' : 'machines'
  return createLogger({ role, level: log_level, readers, clock })
}

/** Resolves when the signal has aborted. */
export function aborted(signal: AbortSignal): Promise<'aborted'> {
  if (signal.aborted) return Promise.resolve('aborted')
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve('aborted'), { once: true })
  })
}

async function within(most_ms: number, work: Promise<void>): Promise<'done' | 'late'> {
  let bound: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    bound = setTimeout(() => resolve('late'), most_ms)
  })
  const how = await Promise.race([work.then(() => 'done' as const), late])
  clearTimeout(bound)
  return how
}
