import type { Scope } from './condition.ts'
import { compileDomain } from './domain.ts'
import type { Env } from './env.ts'
import type { ModelDefinition } from './model.ts'
import { orderIds } from './order.ts'
import type { Row } from './rows.ts'

/** What part of what was found is wanted, and in what order. */
export interface Page {
  readonly order?: string
  readonly offset?: number
  readonly limit?: number | undefined
}

/** The rows that a domain takes. Archived records are left out unless the domain or the context asks for them. */
export function searchRows(env: Env, model: ModelDefinition, domain: unknown): Row[] {
  env.flush()
  const scope: Scope = { env, searchIds }
  const { test, among, names } = compileDomain(scope, model, domain)
  const isActiveOnly =
    model.fields['active'] && !names.has('active') && env.context['active_test'] !== false
  const { rows } = env.table(model.name)
  const ids = among()
  const found: Row[] = []
  const take = (row: Row | undefined): void => {
    if (row && !(isActiveOnly && row['active'] === false) && test(row)) found.push(row)
  }
  if (ids) for (const id of ids) take(rows.get(id))
  else for (const row of rows.values()) take(row)
  return found
}

/** The ids that a domain takes, in no order. */
export function searchIds(env: Env, model: ModelDefinition, domain: unknown): number[] {
  return searchRows(env, model, domain).map((row) => row.id)
}

/** The ids of one page of what a domain takes. */
export function searchPage(
  env: Env,
  { model, domain }: { model: ModelDefinition; domain: unknown },
  { order, offset = 0, limit }: Page = {},
): number[] {
  const ids = orderIds(env, { model, order }, searchRows(env, model, domain))
  return ids.slice(offset, limit ? offset + limit : undefined)
}
