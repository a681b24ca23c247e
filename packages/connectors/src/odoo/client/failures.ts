import {
  classifyStatus,
  type DeliveryError,
  type HeaderValues,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { sentenceOf } from './sentence.ts'

/** An error as Odoo sends it. Its `debug` holds a traceback, and its arguments what was sent: neither is read. */
export const serverError = z.object({
  /** Of a class in Python; whatever else calls itself a name is not from Odoo. */
  name: z
    .string()
    .regex(/^\w+(\.\w+)+$/)
    .max(100),
  message: z.string().catch(''),
})
export type ServerError = z.output<typeof serverError>

/** Codes of what Odoo refused, beside those of the sdk. */
export const odooCodes = {
  /** A rule of the business: the sentence is Odoo's own, in the user's language. */
  refused: 'ODOO_REFUSED',
  /** A required value is missing or a constraint does not hold. */
  invalid: 'ODOO_INVALID',
  /** The user lacks a right, or the company is not theirs. */
  forbidden: 'ODOO_FORBIDDEN',
  /** A record that was named is gone. */
  missing: 'ODOO_RECORD_MISSING',
  /** The model or method does not exist: a module is not installed, or the version is another one. */
  unsupported: 'ODOO_NOT_SUPPORTED',
  /** Somebody holds the record, or two transactions were in each other's way. */
  locked: 'ODOO_LOCKED',
  /** The database does not exist, or not any more. */
  databaseGone: 'ODOO_DATABASE_GONE',
  /** A warning that offers a button in the screen, for example a lock date. */
  warning: 'ODOO_WARNING',
  /** We asked for something that this version does not understand. */
  defect: 'ODOO_CALL_REJECTED',
  /** It failed over there, for a reason that is not known here. */
  failed: 'ODOO_FAILED',
} as const

type Verdict = 'retryable' | 'terminal'
interface Row {
  readonly code: string
  readonly verdict: Verdict
  /** Odoo's sentence is meant for people and holds no internals. */
  readonly isForPeople?: true
}

/** What an agent may be told by code, where Odoo's own sentence names models, groups and hosts. */
const sentences: Readonly<Record<string, string>> = {
  [odooCodes.forbidden]:
    "The hub's user in Odoo may not do this: it lacks a right, or the record is of another company",
  [odooCodes.missing]: 'A record that the return refers to is not in Odoo any more',
  [odooCodes.unsupported]:
    'Odoo does not know what was asked of it: a module is not installed there, or its version is another one',
  [odooCodes.locked]: 'Somebody else works on the same record in Odoo',
  [odooCodes.databaseGone]: 'Odoo cannot open the database of this connection',
  AUTH_REJECTED: "Odoo refuses the login or the key of the hub's user: make a new key",
}

function sentenceFor(code: string, detail: string): string {
  const sentence = sentences[code]
  return sentence === undefined ? detail : `${sentence} (${detail}).`
}

/** By exception class. What is raised rolls the transaction back, so that nothing happened. */
const rows: Readonly<Record<string, Row>> = {
  'odoo.exceptions.UserError': { code: odooCodes.refused, verdict: 'terminal', isForPeople: true },
  'odoo.exceptions.ValidationError': {
    code: odooCodes.invalid,
    verdict: 'terminal',
    isForPeople: true,
  },
  'odoo.exceptions.RedirectWarning': {
    code: odooCodes.warning,
    verdict: 'terminal',
    isForPeople: true,
  },
  'odoo.exceptions.AccessError': { code: odooCodes.forbidden, verdict: 'terminal' },
  'odoo.exceptions.AccessDenied': { code: 'AUTH_REJECTED', verdict: 'retryable' },
  'odoo.exceptions.MissingError': { code: odooCodes.missing, verdict: 'terminal' },
  'odoo.exceptions.LockError': { code: odooCodes.locked, verdict: 'retryable' },
  'odoo.exceptions.ConcurrencyError': { code: odooCodes.locked, verdict: 'retryable' },
  'psycopg2.errors.SerializationFailure': { code: odooCodes.locked, verdict: 'retryable' },
  'psycopg2.errors.DeadlockDetected': { code: odooCodes.locked, verdict: 'retryable' },
  'psycopg2.errors.LockNotAvailable': { code: odooCodes.locked, verdict: 'retryable' },
  'psycopg2.extensions.TransactionRollbackError': { code: odooCodes.locked, verdict: 'retryable' },
  'psycopg2.OperationalError': { code: odooCodes.databaseGone, verdict: 'retryable' },
  'psycopg2.InterfaceError': { code: odooCodes.databaseGone, verdict: 'retryable' },
  'werkzeug.exceptions.Unauthorized': { code: 'AUTH_REJECTED', verdict: 'retryable' },
  'werkzeug.exceptions.Forbidden': { code: odooCodes.forbidden, verdict: 'terminal' },
  'werkzeug.exceptions.NotFound': { code: odooCodes.unsupported, verdict: 'terminal' },
  'werkzeug.exceptions.UnprocessableEntity': { code: odooCodes.defect, verdict: 'terminal' },
  'werkzeug.exceptions.BadRequest': { code: odooCodes.defect, verdict: 'terminal' },
  'builtins.AttributeError': { code: odooCodes.unsupported, verdict: 'terminal' },
  'builtins.KeyError': { code: odooCodes.defect, verdict: 'terminal' },
  'builtins.TypeError': { code: odooCodes.defect, verdict: 'terminal' },
  'builtins.ValueError': { code: odooCodes.defect, verdict: 'terminal' },
}

/** In JSON-RPC an unknown model is told as a rule of the business. */
const unknownModel = /^Object [a-z0-9_.]+ doesn't exist$/

/** What went wrong, and where. */
export interface FailedCall {
  /** `stock.picking.write`, or a path. */
  readonly call: string
  readonly isRead: boolean
  readonly status: number
  readonly headers: HeaderValues
  readonly now: Date
}

/**
 * The error that an exception of Odoo becomes. What it raises rolls its transaction back, so nothing happened;
 * what it does not name here may be a mistake made after that, so a write is read back.
 */
export function failureOf(error: ServerError, failed: FailedCall): DeliveryError {
  const { call, isRead, status, headers, now } = failed
  const row: Row | undefined = unknownModel.test(error.message)
    ? { code: odooCodes.unsupported, verdict: 'terminal' }
    : rows[error.name]
  if (row !== undefined) {
    const reason = row.isForPeople
      ? sentenceOf(error.message)
      : sentenceFor(row.code, `${call}: ${error.name}`)
    const failure = { code: row.code, status, reason }
    return row.verdict === 'retryable' ? new RetryableError(failure) : new TerminalError(failure)
  }
  const isOwn = status === 200 || status === 500
  const byStatus = isOwn ? null : classifyStatus(status, headers, now)
  if (byStatus !== null) return byStatus
  const failure = { code: odooCodes.failed, status, reason: `${call}: ${error.name}` }
  return isRead ? new RetryableError(failure) : new UnknownOutcomeError(failure)
}

/** The error that an answer without a word of Odoo becomes: the page of a proxy, of maintenance, of a strange server. */
export function failureOfPage({ call, status, headers, now }: FailedCall): DeliveryError {
  if (status === 404) {
    const reason = 'The server knows no such database, or is no Odoo of this version.'
    return new RetryableError({ code: odooCodes.databaseGone, status, reason })
  }
  if (status >= 300 && status < 400 && status !== 303) {
    const reason = 'The address of Odoo leads elsewhere: set the one that it leads to.'
    return new RetryableError({ code: 'REDIRECT_REFUSED', status, reason })
  }
  const failure = classifyStatus(status, headers, now)
  if (failure === null)
    return new TerminalError({ code: 'RESPONSE_MALFORMED', status, reason: call })
  const isDown = status >= 502 && status <= 504 && failure instanceof RetryableError
  if (!isDown) return failure
  const { code, retryAfterMs } = failure
  const reason = 'Odoo is not available: it is being restarted or maintained.'
  return new RetryableError({ code, status, retryAfterMs, reason })
}
