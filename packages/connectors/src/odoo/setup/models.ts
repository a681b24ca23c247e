import { TerminalError } from '@backhaul/sdk/connector'
import { odooCodes } from '../client/failures.ts'
import type { Odoo } from '../client/odoo.ts'

export type Operation = 'read' | 'create' | 'write' | 'unlink'

/**
 * Whether a user may do something with the records of a model, asked without trying it; null where there is no
 * such model. Rules for single records and companies are not looked at.
 *
 * `has_access` exists from 18 on; 17 has `check_access_rights`.
 */
export async function mayDo(
  odoo: Odoo,
  model: string,
  operation: Operation,
): Promise<boolean | null> {
  try {
    const answer =
      odoo.server.version >= 18
        ? await odoo.ask(model, 'has_access', { ids: [], named: { operation } })
        : await odoo.ask(model, 'check_access_rights', {
            named: { operation, raise_exception: false },
          })
    return answer === true
  } catch (error) {
    if (error instanceof TerminalError && error.code === odooCodes.unsupported) return null
    throw error
  }
}

/** Those of the models that the database has: a module that is not installed has none. */
export async function modelsThere(
  odoo: Odoo,
  models: readonly string[],
): Promise<ReadonlySet<string>> {
  const there = await Promise.all(
    models.map(async (model) => ((await mayDo(odoo, model, 'read')) === null ? [] : [model])),
  )
  return new Set(there.flat())
}
