import { TerminalError } from '@backhaul/sdk/connector'
import { odooCodes } from './failures.ts'

/** A call of a method, as both transports can carry it. */
export interface Call {
  readonly model: string
  readonly method: string
  /** Records that the method is called on; left out for a method of the model. */
  readonly ids?: readonly number[]
  /** Arguments by their names in Python. */
  readonly named?: Readonly<Record<string, unknown>>
  readonly context?: Readonly<Record<string, unknown>>
  /** Whether it changes nothing, so that its failure is retried and not read back. */
  readonly isRead: boolean
}

/**
 * Methods whose first argument JSON-RPC would not find by its name: `create` looks at its type before, and up to 18
 * some models call that of `write` otherwise (`res.company`, `uom.uom`).
 */
const positional: Readonly<Record<string, string>> = { create: 'vals_list', write: 'vals' }

/**
 * The body of a JSON-2 request: always an object, since a list would be taken for one without any arguments.
 *
 * @throws {TerminalError} ODOO_CALL_REJECTED for ids that are none.
 */
export function toJson2(call: Call): Record<string, unknown> {
  const { ids, named, context } = call
  refuseStrangeIds(call)
  return {
    ...named,
    ...(ids === undefined ? {} : { ids: [...ids] }),
    ...(context === undefined ? {} : { context }),
  }
}

/**
 * Positional and named arguments of `execute_kw`.
 *
 * @throws {TerminalError} ODOO_CALL_REJECTED for ids that are none.
 */
export function toArguments(call: Call): {
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Record<string, unknown>>
} {
  const { method, ids, named = {}, context } = call
  refuseStrangeIds(call)
  const first = positional[method]
  const { [first ?? '']: value, ...rest } = named
  const args = [...(ids === undefined ? [] : [[...ids]]), ...(value === undefined ? [] : [value])]
  return { args, kwargs: { ...rest, ...(context === undefined ? {} : { context }) } }
}

/** Odoo answers nothing, and no error, to an id that is a text (recording 71); NaN would become null. */
function refuseStrangeIds({ model, method, ids = [] }: Call): void {
  if (ids.every((id) => Number.isSafeInteger(id) && id > 0)) return
  const reason = `${model}.${method}: an id is no whole number`
  throw new TerminalError({ code: odooCodes.defect, reason })
}
