import { isStored } from './env.ts'
import type { Field } from './fields.ts'
import type { ModelDefinition } from './model.ts'
import type { Values } from './rows.ts'

/** What `fields_get` tells; names that do not exist are left out without a word. */
export function describeFields(model: ModelDefinition, { allfields, attributes }: Values): unknown {
  const wanted = Array.isArray(allfields) && allfields.length > 0 ? new Set(allfields) : null
  const shown = Array.isArray(attributes) && attributes.length > 0 ? new Set(attributes) : null
  const described = Object.entries(model.fields)
    .filter(([name]) => !wanted || wanted.has(name))
    .map(([name, field]) => [name, pick(describe(name, field), shown)])
  return Object.fromEntries(described)
}

function describe(name: string, field: Field): Record<string, unknown> {
  return {
    name,
    type: field.type,
    string: field.label,
    required: field.isRequired === true,
    readonly: !isStored(field) && field.type !== 'one2many',
    store: isStored(field),
    searchable: !field.isUnsearchable,
    ...(field.type === 'float' && { digits: field.decimals ? [16, field.decimals] : false }),
    ...(field.relation && { relation: field.relation, context: {}, domain: [] }),
    ...(field.inverse && { relation_field: field.inverse }),
    ...(field.selection && { selection: field.selection.map((value) => [value, value]) }),
  }
}

function pick(described: Record<string, unknown>, shown: Set<unknown> | null) {
  if (!shown) return described
  return Object.fromEntries(Object.entries(described).filter(([key]) => shown.has(key)))
}
