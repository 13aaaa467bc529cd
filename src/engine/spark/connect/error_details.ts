/**
 * From what gRPC threw to a SparkError. Spark sends its error class along, and keeps the rest (full
 * message, parameters, causes) for a minute, to be fetched by an id.
 */
import type { MessageInitShape } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { SparkError, type SparkErrorDetails, type SparkErrorKind } from './errors.ts'
import type { FetchErrorDetailsResponseSchema } from './generated/base_pb.ts'
import { ErrorInfoSchema, RetryInfoSchema } from './generated/error_details_pb.ts'

type Fetched = MessageInitShape<typeof FetchErrorDetailsResponseSchema>

/** What came with the error itself. */
export interface Told {
  readonly code: Code
  readonly message: string
  readonly errorClass: string
  readonly sqlState: string
  readonly parameters: Readonly<Record<string, string>>
  /** Under which the server keeps the rest, if it does. */
  readonly errorId: string | undefined
  /** Whether the server said it, or this side found it. */
  readonly by: 'server' | 'client'
  /** What the server asks to wait before the next try, if it asks for one. */
  readonly retry_ms: number | undefined
  readonly thrown: unknown
}

export function toldBy(thrown: unknown): Told {
  const error = ConnectError.from(thrown)
  const metadata = error.findDetails(ErrorInfoSchema)[0]?.metadata ?? {}
  const delay = error.findDetails(RetryInfoSchema)[0]?.retryDelay
  const message = error.rawMessage
  return {
    code: error.code,
    message,
    // Tricky: Spark leaves the class out where the message would get too long; it begins with it.
    errorClass: metadata.errorClass || (/^\[([A-Z0-9_.]+)\]/.exec(message)?.[1] ?? ''),
    sqlState: metadata.sqlState ?? '',
    parameters: parametersOf(metadata.messageParameters),
    errorId: metadata.errorId,
    by: error.metadata.has('grpc-status') ? 'server' : 'client',
    retry_ms: delay && Number(delay.seconds) * 1000 + delay.nanos / 1e6,
    thrown,
  }
}

function parametersOf(json: string | undefined): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(json ?? '{}')
    if (typeof parsed !== 'object' || parsed === null) return {}
    return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]))
  } catch {
    return {} // Cut by the server, since headers have a bound.
  }
}

const HTTP_SAYS_NO = [
  Code.Unauthenticated,
  Code.PermissionDenied,
  Code.Unimplemented,
  Code.ResourceExhausted,
  Code.DeadlineExceeded,
]

/** Whether the connection failed rather than what was asked for: it can be asked again. */
export function isBroken({ by, code, message, errorClass, retry_ms }: Told): boolean {
  if (retry_ms !== undefined || code === Code.Unavailable) return true
  if (by === 'server') return errorClass === 'INVALID_CURSOR.DISCONNECTED'
  return !HTTP_SAYS_NO.includes(code) && !/^serialize /.test(message)
}

/** Whether the server knows nothing of the operation, so that it has not begun there. */
export function isUnknownOperation({ errorClass }: Told): boolean {
  return (
    errorClass === 'INVALID_HANDLE.OPERATION_NOT_FOUND' ||
    errorClass === 'INVALID_HANDLE.SESSION_NOT_FOUND'
  )
}

export function isKnownOperation({ errorClass }: Told): boolean {
  return errorClass === 'INVALID_HANDLE.OPERATION_ALREADY_EXISTS'
}

/** `fetched` is what the server kept for the error's id, where that could be had. */
export function sparkError(told: Told, fetched?: Fetched): SparkError {
  const details = { ...told, ...fetchedDetails(fetched), cause: told.thrown }
  const kind = kindOf({ ...told, errorClass: details.errorClass })
  const message =
    slow(told) || details.message.trim() || `Spark answered ${Code[told.code]}, and no more`
  return new SparkError(kind, `${message}${ADVICE[kind] ?? ''}`, details)
}

function slow({ by, code }: Told): string {
  if (by === 'server' || code !== Code.DeadlineExceeded) return ''
  return 'Spark took longer to answer than a call may (call_ms_max)'
}

function fetchedDetails(fetched: Fetched | undefined): Partial<SparkErrorDetails & Told> {
  const errors = fetched?.errors ?? []
  const root = errors[fetched?.rootErrorIdx ?? -1]
  if (!root) return {}
  const causes = new Map<number, string>()
  for (let next = root.causeIdx; next !== undefined && !causes.has(next); ) {
    const { errorTypeHierarchy = [], message = '', causeIdx } = errors[next] ?? {}
    causes.set(next, `${errorTypeHierarchy[0] ?? 'unknown'}: ${message}`)
    next = causeIdx
  }
  const { errorClass, sqlState, messageParameters, queryContexts } = root.sparkThrowable ?? {}
  return {
    message: root.message ?? '',
    causes: [...causes.values()],
    contexts: (queryContexts ?? []).map(({ fragment = '', summary = '' }) => ({
      fragment,
      summary,
    })),
    ...(errorClass && { errorClass }),
    ...(sqlState && { sqlState }),
    ...(messageParameters && { parameters: messageParameters }),
  }
}

const CLASSES: readonly (readonly [RegExp, SparkErrorKind])[] = [
  [/^INVALID_HANDLE\.SESSION_/, 'session_lost'],
  [/^INVALID_HANDLE\.OPERATION_(NOT_FOUND|ABANDONED)$/, 'operation_lost'],
  [/^INVALID_CURSOR\./, 'operation_lost'],
  [/^OPERATION_CANCELED$/, 'interrupted'],
]

function kindOf({ code, errorClass, by }: Told): SparkErrorKind {
  const byClass = CLASSES.find(([pattern]) => pattern.test(errorClass))?.[1]
  if (byClass) return byClass
  switch (code) {
    case Code.Unauthenticated:
    case Code.PermissionDenied:
      return 'credentials'
    case Code.Canceled:
      return 'interrupted'
    case Code.DeadlineExceeded:
      return 'timeout'
    case Code.ResourceExhausted:
      return 'too_large'
    case Code.Unavailable:
      return 'unreachable'
    case Code.Unimplemented:
      return 'protocol'
    default:
      return by === 'server' ? 'failed' : 'protocol'
  }
}

const ADVICE: Partial<Record<SparkErrorKind, string>> = {
  session_lost:
    '. The views, settings and streaming queries of the session are gone with it: renew() the session and set them up again.',
  protocol: '. Whoever answers there is no Spark Connect server, or of a version unknown here.',
  credentials: '. Give the token that the server was started with: sc://host:port;token=...',
}
