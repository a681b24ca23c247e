import pino from 'pino'
import { HubError } from './errors.ts'
import { redact } from './redact.ts'
import { formatForTerminal } from './terminal-log.ts'

export type Logger = pino.Logger

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export type LogLevel = (typeof logLevels)[number]

/** An error as a log line holds it. */
type LoggedError = {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly details?: Readonly<Record<string, string>>
  readonly problems?: readonly string[]
  readonly stack?: string
  readonly cause?: LoggedError
}

const deepestCause = 5

/**
 * Takes from an error only what is known to be safe. Drivers hang rows and parameters on theirs
 * (`detail` of a PostgreSQL error quotes the conflicting value).
 */
function describeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const code: unknown = 'code' in error ? error.code : undefined
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error instanceof HubError ? describeHubError(error) : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined || depth === deepestCause
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  }
}

function describeHubError({ details, problems }: HubError): Partial<LoggedError> {
  return {
    ...(Object.keys(details).length === 0 ? {} : { details }),
    // A problem's message may quote what was sent, so only where and what kind.
    ...(problems.length === 0 ? {} : { problems: problems.map((p) => `${p.pointer} ${p.code}`) }),
  }
}

/**
 * Makes the process's logger: one JSON object a line, the time in ISO 8601 UTC and the level as a
 * word, on `destination` or stdout; on a terminal, a line for people. Log an error under `err`.
 */
export function createLogger(spec: {
  readonly level: LogLevel
  readonly bindings?: Readonly<Record<string, string>>
  readonly destination?: pino.DestinationStream
}): Logger {
  const logger = pino(
    {
      level: spec.level,
      base: spec.bindings ?? null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redact, bindings: redact },
      serializers: { err: (error: unknown) => describeError(error) },
    },
    spec.destination ?? standardOutput(),
  )
  // pino does not pass the fields of a child logger through the formatters.
  // oxlint-disable-next-line typescript/unbound-method -- it is called with the `this` it is given.
  const makeChild: MakeChild = logger.child
  return Object.assign(logger, {
    child(this: Logger, fields: pino.Bindings, options?: pino.ChildLoggerOptions): Logger {
      return makeChild.call(this, redact(fields), options)
    },
  })
}

type MakeChild = (this: Logger, fields: pino.Bindings, options?: pino.ChildLoggerOptions) => Logger

function standardOutput(): pino.DestinationStream {
  if (!process.stdout.isTTY) return pino.destination({ fd: 1, sync: false })
  return { write: (line) => void process.stdout.write(formatForTerminal(line)) }
}
