import {
  caseExceptionCodes,
  dispositionCodes,
  reasonCodes,
  responseCodes,
} from '../../../packages/sdk/src/canonical/index.ts'
import { anchor, code, codes } from './markdown.mjs'

export const fieldHead = ['Field', 'Type', 'Needed', 'Meaning']

/**
 * The fields of an object as rows of a table: name, type, whether it must be there, meaning. Objects
 * without a name of their own are spread out (`reason.code`); those with one are linked.
 */
export function fieldRows(schema, { skip = [] } = {}) {
  return rowsOf(schema, '').filter(([name]) => !skip.includes(name))
}

function rowsOf(schema, prefix) {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    const needed = (schema.required ?? []).includes(name)
    const own = [code(path), typeOf(field), needed ? 'yes' : '', meaningOf(field)]
    const [inner, mark] = innerObject(field)
    return inner === null ? [own] : [own, ...rowsOf(inner, `${path}${mark}.`)]
  })
}

/** An object that is spread out below its field: the field itself, or what is in its list. */
function innerObject(field) {
  if (field.properties) return [field, '']
  return field.items?.properties ? [field.items, '[]'] : [null, '']
}

/** Long lists of values that have a table of their own. */
const tables = new Map(
  [
    [reasonCodes, '[reason](codes.md#reasons)'],
    [responseCodes, '[response](codes.md#responses)'],
    [dispositionCodes, '[disposition](codes.md#dispositions)'],
    [caseExceptionCodes, '[exception](exceptions.md)'],
  ].map(([values, link]) => [Object.keys(values).join(), link]),
)

function typeOf(field) {
  if (field.$ref) {
    const name = field.$ref.replace('#/$defs/', '')
    return `[${name}](#${anchor(name)})`
  }
  if (field.anyOf) return field.anyOf.map(typeOf).join(' or ')
  if (field.const !== undefined) return code(field.const)
  if (field.enum) return tables.get(field.enum.join()) ?? codes(field.enum)
  if (field.type === 'array') return `${limit(field, 'list')} of ${typeOf(field.items ?? {})}`
  if (field.type === 'object') return field.properties ? 'object' : 'any fields'
  if (field.type === 'string') return limit(field, field.format ?? 'text')
  return limit(field, field.type ?? 'anything')
}

function limit({ maxLength, maxItems, minimum, maximum }, name) {
  const most = maxLength ?? maxItems
  if (most !== undefined) return `${name} (at most ${most.toLocaleString('en-US')})`
  const hasEnd = maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER
  if (minimum === undefined || minimum === Number.MIN_SAFE_INTEGER) return name
  return hasEnd
    ? `${name} (${minimum} to ${maximum.toLocaleString('en-US')})`
    : `${name} (from ${minimum})`
}

function meaningOf({ description, default: fallback }) {
  const byDefault = fallback === undefined ? '' : `Default ${code(JSON.stringify(fallback))}.`
  return [description, byDefault].filter(Boolean).join(' ')
}
