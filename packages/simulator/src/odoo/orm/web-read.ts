import type { Env } from './env.ts'
import type { Method, MethodCall, ModelDefinition } from './model.ts'
import { orderIds } from './order.ts'
import { readRecords } from './read-records.ts'
import { isObject } from './rows.ts'
import { searchPage, searchRows } from './search.ts'

/** What is wanted of a field that leads to records: their own fields, in an order. */
interface Wanted {
  readonly fields?: Specification
  readonly order?: string
  readonly context?: Readonly<Record<string, unknown>>
}
type Specification = Readonly<Record<string, Wanted>>

/** The methods of the module `web`, with which its client reads rows within rows. */
export const webMethods: Readonly<Record<string, Method>> = {
  web_read: {
    params: ['specification'],
    run: (env, { model, ids, args }) =>
      readWanted(env, { model, ids }, args['specification'] as Specification),
  },
  web_search_read: {
    params: ['domain', 'specification', 'offset?', 'limit?', 'order?', 'count_limit?'],
    isOfModel: true,
    run: searchWanted,
  },
}

function searchWanted(env: Env, { model, args }: MethodCall): unknown {
  env.mayOrThrow(model, 'read')
  const { domain = [], offset, limit, order, specification } = args
  const ids = searchPage(
    env,
    { model, domain },
    {
      ...(typeof order === 'string' && order !== '' && { order }),
      offset: Number(offset ?? 0),
      limit: limit ? Number(limit) : undefined,
    },
  )
  const records = readWanted(env, { model, ids }, specification as Specification)
  return { length: searchRows(env, model, domain).length, records }
}

/** Links are ids, or records where fields of theirs are wanted; a link to nothing is false. */
function readWanted(
  env: Env,
  { model, ids }: { readonly model: ModelDefinition; readonly ids: readonly number[] },
  specification: Specification,
): Record<string, unknown>[] {
  const names = Object.keys(specification)
  // Ids alone are known without looking, and without a right to read.
  if (names.length === 0) return ids.map((id) => ({ id }))
  env.mayOrThrow(model, 'read')
  return readRecords(env, { model, ids }, names).map((record) => {
    const values = names.map((name) => {
      const wanted = specification[name] ?? {}
      return [name, within(env, { model, name, wanted }, record[name])] as const
    })
    return { ...Object.fromEntries(values), id: record['id'] }
  })
}

interface Link {
  readonly model: ModelDefinition
  readonly name: string
  readonly wanted: Wanted
}

function within(env: Env, { model, name, wanted }: Link, value: unknown): unknown {
  const field = model.fields[name]
  const target = field?.relation ? env.registry.find(field.relation) : undefined
  if (field?.type === 'many2one') {
    const id: unknown = Array.isArray(value) ? value[0] : value
    if (typeof id !== 'number') return false
    if (!target || !wanted.fields) return id
    return (
      readWanted(inContext(env, wanted), { model: target, ids: [id] }, wanted.fields)[0] ?? false
    )
  }
  if (!target || !Array.isArray(value)) return value
  const ids = wanted.order
    ? orderIds(env, { model: target, order: wanted.order }, rowsOf(env, target, value))
    : value
  if (!wanted.fields) return ids
  return readWanted(inContext(env, wanted), { model: target, ids }, wanted.fields)
}

function rowsOf(env: Env, { name }: ModelDefinition, ids: readonly number[]) {
  return ids.flatMap((id) => env.find(name, id) ?? [])
}

function inContext(env: Env, { context }: Wanted): Env {
  return isObject(context) ? env.with(context) : env
}
