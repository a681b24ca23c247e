import { baseMethods } from '../orm/base-methods.ts'
import type { Env } from '../orm/env.ts'
import { accessError, missingError, OdooError, valueError } from '../orm/errors.ts'
import type { Method, ModelDefinition } from '../orm/model.ts'
import { isObject, type Values } from '../orm/rows.ts'

/** A method of a model that may be called, or why not. */
export type Found =
  | { readonly kind: 'method'; readonly model: ModelDefinition; readonly method: Method }
  | { readonly kind: 'no_model' }
  | { readonly kind: 'no_method' }

const privateNames = new Set([
  'exists',
  'init',
  'invalidate_model',
  'browse',
  'sudo',
  'with_context',
  'with_user',
])

/** @throws {OdooError} AccessError for a method that is not for others. */
export function findMethod(env: Env, { model, method }: { model: string; method: string }): Found {
  const definition = env.registry.find(model)
  if (!definition) return { kind: 'no_model' }
  if (method.startsWith('_') || privateNames.has(method)) {
    throw accessError(`Private methods (such as '${model}.${method}') cannot be called remotely.`)
  }
  const found = definition.methods?.[method] ?? baseMethods[method]
  const { since = 0, until = Infinity } = found ?? {}
  const isThere = found && since <= env.version && env.version <= until
  return isThere ? { kind: 'method', model: definition, method: found } : { kind: 'no_method' }
}

/** The context of a call as an object, of whatever was sent. */
export function asContext(context: unknown): Values {
  if (context === undefined || context === null) return {}
  if (isObject(context)) return context
  if (typeof context === 'string') {
    throw valueError('dictionary update sequence element #0 has length 1; 2 is required')
  }
  throw new OdooError('builtins.TypeError', `'${typeof context}' object is not iterable`)
}

/** @throws {OdooError} AccessError where the context names a company that is not the user's. */
export function checkCompanies(context: Values): void {
  const companies = context['allowed_company_ids']
  if (!Array.isArray(companies) || companies.every((id) => id === 1)) return
  throw accessError('Access to unauthorized or invalid companies.')
}

/** Carries out a method; its arguments are known to fit. */
export function runMethod(
  env: Env,
  { model, method }: { model: ModelDefinition; method: Method },
  { ids, args }: { ids: readonly unknown[]; args: Values },
): unknown {
  const result = method.run(env, { model, ids: existingIds(env, { model, method, ids }), args })
  env.flush()
  return result
}

/** What is no number names no record: it is read as nothing, and cannot be acted on. */
function existingIds(
  env: Env,
  { model, method, ids }: { model: ModelDefinition; method: Method; ids: readonly unknown[] },
): number[] {
  if (method === baseMethods['read']) {
    return ids.filter((id): id is number => typeof id === 'number')
  }
  if (method.isOfModel) return []
  for (const id of ids) {
    if (!env.find(model.name, id)) throw missingError(model.name, id, env.user.id)
  }
  return ids as number[]
}
