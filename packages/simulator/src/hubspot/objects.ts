import type { DoubleAnswer, DoubleRequest, Route } from '../double/index.ts'
import {
  type CrmPipelines,
  type CrmProperty,
  type CrmRecord,
  type CrmRefusal,
  isRefusal,
  type Records,
  type RecordType,
} from './records.ts'
import { searchTickets } from './search.ts'

export interface Account {
  readonly records: Records
  readonly pipelines: CrmPipelines
  readonly portalId: number
  readonly version: string
}

/** The calls of the CRM that are known here. */
export function routesOf(account: Account): readonly Route[] {
  const { records, version, pipelines, portalId } = account
  const objects = `/crm/objects/${version}`
  const properties = `/crm/properties/${version}/tickets`
  return [
    ['GET', '/account-info/v3/details', () => ok({ portalId, accountType: 'STANDARD' })],
    ['GET', `/crm/pipelines/${version}/tickets`, () => ok({ results: pipelines })],
    ['GET', properties, () => ok({ results: [...records.properties.values()] })],
    ['POST', `${properties}/groups`, (request) => makeGroup(records, request)],
    ['POST', properties, (request) => makeProperty(records, request)],
    ['DELETE', `${properties}/:name`, (request) => dropProperty(records, request)],
    ['POST', `${objects}/tickets/search`, ({ json }) => searchTickets(records, json())],
    ['POST', `${objects}/tickets/batch/upsert`, (request) => upsert(records, request)],
    ['POST', `${objects}/:type/batch/read`, (request) => readBatch(records, request)],
    ['GET', `${objects}/contacts`, () => ok({ results: [] })],
    ['GET', `${objects}/:type/:id`, (request) => read(records, request)],
    ['PATCH', `${objects}/:type/:id`, (request) => patch(records, request)],
    ['POST', `${objects}/:type`, (request) => create(records, request)],
  ]
}

function ok(body: unknown): DoubleAnswer {
  return { status: 200, body }
}

export function refusal({ status, category, message }: CrmRefusal): DoubleAnswer {
  return { status, body: { status: 'error', message, category, correlationId: 'double' } }
}

const notFound = { status: 404, category: 'OBJECT_NOT_FOUND', message: 'resource not found' }
const isType = (type = ''): type is RecordType => ['tickets', 'notes', 'contacts'].includes(type)

function shown(record: CrmRecord, names: readonly string[]) {
  const { id, properties, createdAt, updatedAt } = record
  const own = { hs_object_id: id, hs_lastmodifieddate: updatedAt.toISOString() }
  const asked = names.map((name) => [name, properties[name] ?? null] as const)
  return {
    id,
    properties: { ...Object.fromEntries(asked), ...own },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    archived: false,
  }
}

function read(records: Records, { params, query }: DoubleRequest): DoubleAnswer {
  const { type, id = '' } = params
  const idProperty = query.get('idProperty')
  const isKnown = idProperty === null || records.isUnique(idProperty)
  if (!isKnown) return refusal({ ...notFound, status: 400, category: 'VALIDATION_ERROR' })
  const record = isType(type) ? records.find(type, id, idProperty) : undefined
  if (record === undefined) return refusal(notFound)
  const names = (query.get('properties') ?? '').split(',').filter(Boolean)
  const kinds = (query.get('associations') ?? '').split(',').filter(Boolean)
  const related = kinds.flatMap((kind) => {
    const ids = record.associations[kind] ?? []
    const results = ids.map((one) => ({ id: one, type: `ticket_to_${kind.slice(0, -1)}` }))
    return results.length === 0 ? [] : [[kind, { results }] as const]
  })
  const associations = related.length === 0 ? {} : { associations: Object.fromEntries(related) }
  return ok({ ...shown(record, names), ...associations })
}

function readBatch(records: Records, { params, json }: DoubleRequest): DoubleAnswer {
  const { type } = params
  const sent = json() as { inputs: { id: string }[]; properties: string[] }
  if (!isType(type) || sent.inputs.length > 100) return refusal({ ...notFound, status: 400 })
  const results = sent.inputs.flatMap(({ id }) => {
    const record = records.find(type, id)
    return record === undefined ? [] : [shown(record, sent.properties)]
  })
  return ok({ status: 'COMPLETE', results })
}

/** A batch in which something fails is a 207, whatever failed. */
function upsert(records: Records, { json }: DoubleRequest): DoubleAnswer {
  interface Input {
    readonly id: string
    readonly idProperty?: string
    readonly properties: Record<string, string>
  }
  const { inputs } = json() as { inputs: readonly Input[] }
  const results: unknown[] = []
  const errors: unknown[] = []
  for (const { id, idProperty, properties } of inputs) {
    if (!records.isUnique(idProperty)) {
      return refusal({
        status: 400,
        category: 'VALIDATION_ERROR',
        message: 'idProperty is not unique',
      })
    }
    const known = records.find('tickets', id, idProperty)
    const values = { ...properties, [idProperty ?? '']: id }
    const made = known
      ? records.change('tickets', known, values)
      : records.create('tickets', values)
    if (isRefusal(made)) errors.push({ ...made, status: 'error' })
    else results.push({ ...shown(made, Object.keys(values)), new: known === undefined })
  }
  const failed = errors.length === 0 ? {} : { numErrors: errors.length, errors }
  const status = errors.length === 0 ? 200 : 207
  return { status, body: { status: 'COMPLETE', results, ...failed } }
}

function patch(records: Records, { params, query, json }: DoubleRequest): DoubleAnswer {
  const { type, id = '' } = params
  const record = isType(type) ? records.find(type, id, query.get('idProperty')) : undefined
  if (!isType(type) || record === undefined) return refusal(notFound)
  const { properties } = json() as { properties: Record<string, string> }
  const changed = records.change(type, record, properties)
  return isRefusal(changed) ? refusal(changed) : ok(shown(changed, Object.keys(properties)))
}

/** Repeated, it makes another one. */
function create(records: Records, { params, json }: DoubleRequest): DoubleAnswer {
  const { type } = params
  if (!isType(type)) return refusal(notFound)
  const { properties, associations = [] } = json() as {
    properties: Record<string, string>
    associations?: { to: { id: string }; types: { associationTypeId: number }[] }[]
  }
  if (type === 'notes' && !properties['hs_timestamp']) {
    return refusal({
      status: 400,
      category: 'VALIDATION_ERROR',
      message: 'hs_timestamp is required',
    })
  }
  const tickets = associations.filter(({ types }) => types[0]?.associationTypeId === 228)
  const made = records.create(type, properties)
  if (isRefusal(made)) return refusal(made)
  for (const { to } of tickets) {
    const ticket = records.find('tickets', to.id)
    if (ticket) (ticket.associations['notes'] ??= []).push(made.id)
  }
  return { status: 201, body: shown(made, Object.keys(properties)) }
}

const conflict = { status: 409, category: 'CONFLICT', message: 'it already exists' }

function makeGroup(records: Records, { json }: DoubleRequest): DoubleAnswer {
  const { name, label } = json() as { name: string; label: string }
  if (records.groups.has(name)) return refusal(conflict)
  records.groups.add(name)
  return { status: 201, body: { name, label, archived: false } }
}

function makeProperty(records: Records, { json }: DoubleRequest): DoubleAnswer {
  const property = json() as CrmProperty & { readonly groupName: string }
  if (records.properties.has(property.name)) return refusal(conflict)
  if (!records.groups.has(property.groupName)) {
    return refusal({ status: 400, category: 'VALIDATION_ERROR', message: 'there is no such group' })
  }
  records.properties.set(property.name, property)
  return { status: 201, body: property }
}

function dropProperty({ properties }: Records, { params }: DoubleRequest): DoubleAnswer {
  return properties.delete(params['name'] ?? '') ? { status: 204 } : refusal(notFound)
}
