import { type DeliveryCode, DeliveryError } from '@backhaul/sdk/connector'
import { ConfigError } from '../platform/config/config-error.ts'
import { errorCodes, HubError } from '../platform/errors.ts'
import { isUnavailable, sqlState } from '../store/database.ts'
import { CliError } from './cli-error.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'

/** A failure as it is told: to a person in sentences, to a script as an object. */
export interface Explained {
  readonly exitCode: ExitCode
  readonly code: string
  readonly title: string
  readonly sentences: readonly string[]
  readonly problems: readonly { readonly where: string; readonly message: string }[]
  /** Whether the same command may succeed later, unchanged. */
  readonly isRetryable: boolean
}

/** Says what went wrong by the error's class and code. What it does not know is a defect, and `null`. */
export function explainError(error: unknown): Explained | null {
  if (error instanceof CliError) return explainCliError(error)
  if (error instanceof ConfigError) return explainConfigError(error)
  if (error instanceof HubError) return explainHubError(error)
  if (error instanceof DeliveryError) return explainDeliveryError(error)
  return explainDatabaseError(error)
}

const refusedCredential: DeliveryCode = 'AUTH_REJECTED'

/** What a connector says of its system: refused credentials, or no answer. */
function explainDeliveryError({ code, kind, reason }: DeliveryError): Explained {
  const isRetryable = kind !== 'terminal' && code !== refusedCredential
  const exit = isRetryable ? exitCodes.unavailable : exitCodes.error
  return {
    exitCode: code === refusedCredential ? exitCodes.auth : exit,
    code,
    title: 'The system behind the connection did not do it.',
    sentences: [
      `The system behind the connection says ${code}: ${asSentence(reason ?? 'no more than that')}`,
      ...(code === 'TARGET_NOT_ALLOWED' ? [privateTargets] : []),
    ],
    problems: [],
    isRetryable,
  }
}

const privateTargets =
  'What may be called in private networks is named in outbound.allowedPrivateTargets.'

function asSentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`
}

function explainCliError({ code, exitCode, message }: CliError): Explained {
  const isRetryable = exitCode === exitCodes.unavailable
  return { exitCode, code, title: message, sentences: [message], problems: [], isRetryable }
}

function explainConfigError({ problems }: ConfigError): Explained {
  return {
    exitCode: exitCodes.usage,
    code: 'CONFIG_INVALID',
    title: 'The configuration cannot be used.',
    sentences: problems.map(({ where, message }) => `${where}: ${message}`),
    problems,
    isRetryable: false,
  }
}

/** What a person can do about a failure, by its code. */
const advice: Readonly<Record<string, string>> = {
  DATABASE_UNAVAILABLE: 'Check DATABASE_URL, and that the server runs.',
  DATABASE_UNSAFE: 'Change the setting on the server, or use another one.',
  MIGRATION_CHANGED: 'Run the version of Backhaul that this database belongs to, or a newer one.',
  SECRET_UNREADABLE:
    'Give the hub the master key that it had: BACKHAUL_MASTER_KEY, or master.key in the data folder.',
  PRECONDITION_FAILED: 'Look at it again, and repeat the command.',
  CONNECTION_DISABLED: 'Resume it first: backhaul connection resume <id>',
  OVERLOADED: 'Try again in a moment.',
  SHUTTING_DOWN: 'Try again in a moment.',
  MESSAGE_ID_REUSED: 'Add --accept-conflict to apply it all the same.',
}

function explainHubError(error: HubError): Explained {
  const { code, message } = error
  const problems = error.problems.map(({ pointer, ...problem }) => ({
    where: pointer === '' ? 'input' : pointer,
    message: problem.message,
  }))
  const sentences = [
    [message, advice[code]].filter(Boolean).join(' '),
    ...problems.map((problem) => `${problem.where}: ${problem.message}`),
  ]
  const { title, retryable } = errorCodes[code]
  return { exitCode: exitCodeOf(error), code, title, sentences, problems, isRetryable: retryable }
}

/** By the status that the HTTP API answers with, so that the two never say different things. */
function exitCodeOf({ status, retryable }: HubError): ExitCode {
  if (status === 401 || status === 403) return exitCodes.auth
  if (status === 404) return exitCodes.notFound
  if (status === 409 || status === 412) return exitCodes.conflict
  if (status === 429 || (status === 503 && retryable)) return exitCodes.unavailable
  return status < 500 ? exitCodes.usage : exitCodes.error
}

/** SQLSTATE classes 28 (login refused), 3D (no such database) and 42 (among others: no right to it). */
const loginFailures: Readonly<Record<string, string>> = {
  '28P01': 'The database refuses the password. Check DATABASE_URL.',
  '28000': 'The database refuses the login. Check DATABASE_URL and the server’s pg_hba.conf.',
  '42501': 'The database user lacks a right. Make it the owner of its database.',
}

function explainDatabaseError(error: unknown): Explained | null {
  const state = sqlState(error)
  const refusal = state === undefined ? undefined : loginFailures[state]
  if (state !== undefined && refusal !== undefined) {
    return databaseFailure({
      code: 'DATABASE_LOGIN_FAILED',
      exitCode: exitCodes.auth,
      sentence: refusal,
    })
  }
  if (state === '3D000') {
    const sentence = 'The server has no such database. Create it, or correct DATABASE_URL.'
    return databaseFailure({ code: 'DATABASE_MISSING', exitCode: exitCodes.error, sentence })
  }
  if (!isUnavailable(error)) return null
  const sentence = `The database does not answer. ${advice['DATABASE_UNAVAILABLE']}`
  return databaseFailure({
    code: 'DATABASE_UNAVAILABLE',
    exitCode: exitCodes.unavailable,
    sentence,
  })
}

function databaseFailure(given: { code: string; exitCode: ExitCode; sentence: string }): Explained {
  const { code, exitCode, sentence } = given
  return {
    code,
    exitCode,
    title: 'The database cannot be used.',
    sentences: [sentence],
    problems: [],
    isRetryable: exitCode === exitCodes.unavailable,
  }
}
