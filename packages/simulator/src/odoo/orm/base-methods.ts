import { describeFields } from './describe-fields.ts'
import { nameOf } from './display-name.ts'
import type { Env } from './env.ts'
import { typeError } from './errors.ts'
import { externalIdOf } from './external-ids.ts'
import { type LoadTable, loadTable } from './load.ts'
import type { Method, MethodCall, Operation } from './model.ts'
import { groupRecords, groupRecordsOldStyle } from './read-group.ts'
import { readRecords } from './read-records.ts'
import { createRecord, unlinkRecords, writeRecords } from './records.ts'
import { asIds, textOf, type Values } from './rows.ts'
import { searchPage, searchRows } from './search.ts'
import { webMethods } from './web-read.ts'

const page = ['domain?', 'offset?', 'limit?', 'order?'] as const

/** The methods that every model has. */
export const baseMethods: Readonly<Record<string, Method>> = {
  ...webMethods,
  search: { params: page, isOfModel: true, run: (env, call) => find(env, call) },
  search_count: {
    params: ['domain', 'limit?'],
    isOfModel: true,
    run: (env, { model, args }) => searchAs(env, model.name, args['domain']).length,
  },
  search_read: {
    params: ['domain?', 'fields?', 'offset?', 'limit?', 'order?'],
    isOfModel: true,
    takesAnything: true,
    run: searchRead,
  },
  read: {
    params: ['fields?', 'load?'],
    run: (env, { model, ids, args }) => read(env, { model, ids, args }),
  },
  create: { params: ['vals_list'], isOfModel: true, run: create },
  write: {
    params: ['vals'],
    run: (env, { model, ids, args }) => {
      writeRecords(env, { model: model.name, ids }, args['vals'] as Values)
      return true
    },
  },
  unlink: {
    params: [],
    run: (env, { model, ids }) => {
      unlinkRecords(env, model.name, ids)
      return true
    },
  },
  load: { params: ['fields', 'data'], isOfModel: true, run: load },
  fields_get: {
    params: ['allfields?', 'attributes?'],
    isOfModel: true,
    run: (_env, { model, args }) => describeFields(model, args),
  },
  has_access: {
    params: ['operation'],
    run: (env, { model, args }) =>
      env.user.isAdmin || !model.forbidden?.[args['operation'] as Operation],
  },
  action_archive: {
    params: [],
    run: (env, { model, ids }) => {
      writeRecords(env, { model: model.name, ids }, { active: false })
      return true
    },
  },
  get_external_id: {
    params: [],
    run: (env, { model, ids }) =>
      Object.fromEntries(ids.map((id) => [id, externalIdOf(env, { model: model.name, id }) ?? ''])),
  },
  exists: {
    params: [],
    run: (env, { model, ids }) => ids.filter((id) => env.find(model.name, id)),
  },
  name_search: {
    params: ['name?', 'domain?', 'operator?', 'limit?'],
    isOfModel: true,
    run: nameSearch,
  },
  check_access_rights: {
    params: ['operation', 'raise_exception?'],
    isOfModel: true,
    until: 18,
    run: (env, { model, args }) => {
      const operation = args['operation'] as Operation
      if (args['raise_exception'] !== false) env.mayOrThrow(model, operation)
      return env.user.isAdmin || !model.forbidden?.[operation]
    },
  },
  read_group: {
    params: ['domain', 'fields', 'groupby', 'offset?', 'limit?', 'orderby?', 'lazy?'],
    isOfModel: true,
    run: groupRecordsOldStyle,
  },
  formatted_read_group: {
    since: 19,
    params: ['domain', 'groupby?', 'aggregates?', 'having?', 'offset?', 'limit?', 'order?'],
    isOfModel: true,
    run: groupRecords,
  },
}

function searchAs(env: Env, name: string, domain: unknown) {
  const model = env.registry.get(name)
  env.mayOrThrow(model, 'read')
  return searchRows(env, model, domain ?? [])
}

function find(env: Env, { model, args }: MethodCall): number[] {
  env.mayOrThrow(model, 'read')
  const { domain = [], offset, limit, order } = args
  return searchPage(
    env,
    { model, domain },
    {
      ...(typeof order === 'string' && order !== '' && { order }),
      offset: Number(offset ?? 0),
      limit: limit ? Number(limit) : undefined,
    },
  )
}

function searchRead(env: Env, call: MethodCall): unknown {
  const known = ['domain', 'fields', 'offset', 'limit', 'order', 'load']
  const strange = Object.keys(call.args).find((name) => !known.includes(name))
  if (strange) {
    throw typeError(`BaseModel._read_format() got an unexpected keyword argument '${strange}'`)
  }
  return read(env, { ...call, ids: find(env, call) })
}

function read(env: Env, { model, ids, args }: MethodCall): unknown {
  env.mayOrThrow(model, 'read')
  const fields = Array.isArray(args['fields']) ? (args['fields'] as string[]) : null
  const records = readRecords(env, { model, ids }, fields)
  const isClassic = args['load'] === undefined || args['load'] === '_classic_read'
  return isClassic ? records : records.map(withoutNames(model.fields))
}

/** Links as bare ids, which `load: false` asks for. */
function withoutNames(fields: MethodCall['model']['fields']) {
  return (record: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(record).map(([name, value]) =>
        fields[name]?.type === 'many2one' && Array.isArray(value)
          ? [name, value[0]]
          : [name, value],
      ),
    )
}

function create(env: Env, { model, args }: MethodCall): unknown {
  const given = args['vals_list']
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  const ids = list.map((values) => createRecord(env, model.name, values as Values).id)
  return Array.isArray(given) ? ids : ids[0]
}

function load(env: Env, { model, args }: MethodCall): unknown {
  const { fields, data } = args as unknown as LoadTable
  return loadTable(env, { model, fields, data })
}

function nameSearch(env: Env, { model, args }: MethodCall): unknown {
  env.mayOrThrow(model, 'read')
  const wanted = textOf(args['name']).toLowerCase()
  const ids = asIds(searchPage(env, { model, domain: args['domain'] ?? [] }))
  const named = ids.map((id) => [id, nameOf(env, model.name, id)] as const)
  const found = named.filter(([, name]) => name.toLowerCase().includes(wanted))
  return found.slice(0, Number(args['limit'] ?? 100))
}
