import type { Field, ListField, ObjectField, WrittenExpression } from './mapping-document.ts'
import { isVariableName } from './roots.ts'
import {
  child,
  childrenOf,
  itemsOf,
  type Part,
  plainOf,
  spotOf,
  type TreeReader,
} from './tree-reader.ts'
import type { MapTree } from './yaml-tree.ts'

/**
 * Reads how a value is made. A text is an expression; `{value}` alone a constant; a group with `from` a
 * value with conditions; with `each` a list; with `fields` alone, or with anything else, an object.
 */
export function readField(reader: TreeReader, part: Part): Field | null {
  const { tree } = part
  if (tree.kind === 'list') {
    const items = itemsOf({ tree, path: part.path }).map((item) => readField(reader, item))
    return { kind: 'items', items: items.filter((item) => item !== null), ...spotOf(part) }
  }
  if (tree.kind !== 'map') {
    const expression = reader.expression(part)
    return expression && { kind: 'expression', expression }
  }
  const { entries } = tree
  if (entries.size === 1 && entries.has('value')) {
    const value = child({ tree, path: part.path }, 'value')
    return value && { kind: 'constant', value: plainOf(value.tree), ...spotOf(part) }
  }
  if (entries.has('from')) return readValue(reader, part)
  if (entries.has('each')) return readList(reader, part)
  return readObject(reader, part)
}

function readValue(reader: TreeReader, part: Part): Field | null {
  const group = reader.group(part, ['from', 'required', 'default', 'when'])
  const from = group && child(group, 'from')
  const expression = from && reader.expression(from)
  if (!group || !expression) return null
  const fallback = child(group, 'default')
  return {
    kind: 'value',
    ...spotOf(part),
    from: expression,
    isRequired: readRequired(reader, group),
    fallback: fallback && readField(reader, fallback),
    when: readOptional(reader, group, 'when'),
  }
}

function readRequired(reader: TreeReader, group: Part<MapTree>): boolean {
  const required = child(group, 'required')
  if (required === null) return false
  const { tree, path } = required
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return tree.value
  reader.problem(tree.place, path, 'must be true or false')
  return false
}

function readList(reader: TreeReader, part: Part): ListField | null {
  const group = reader.group(part, ['each', 'as', 'when', 'fields', 'item'])
  const each = group && readOptional(reader, group, 'each')
  if (!group || !each) return null
  const fields = child(group, 'fields')
  const single = child(group, 'item')
  if ((fields === null) === (single === null)) {
    reader.problem(part.tree.place, part.path, 'needs fields, or an item, for what is in the list')
    return null
  }
  const item = fields ? readObject(reader, fields) : single && readField(reader, single)
  if (!item) return null
  const when = readOptional(reader, group, 'when')
  return { kind: 'list', ...spotOf(part), each, as: readAs(reader, group), when, item }
}

/** Reads the name of an item; `item` where none is given. */
export function readAs(reader: TreeReader, group: Part<MapTree>): string {
  const as = child(group, 'as')
  const name = as && reader.text(as)
  if (!as || name === null) return 'item'
  if (isVariableName(name)) return name
  reader.problem(
    as.tree.place,
    as.path,
    'must be a name of letters and digits that means nothing else',
  )
  return 'item'
}

/** Reads a group as an object of fields, whatever their names. */
export function readObject(reader: TreeReader, part: Part): ObjectField | null {
  const whole = reader.map(part)
  if (!whole) return null
  const inner = whole.tree.entries.has('fields') ? readWrapped(reader, whole) : whole
  if (!inner) return null
  const fields: { name: string; field: Field }[] = []
  for (const { name, part: below } of childrenOf(inner)) {
    if (name === '__proto__') {
      reader.problem(below.tree.place, below.path, 'no field has this name')
      continue
    }
    const field = readField(reader, below)
    if (field) fields.push({ name, field })
  }
  const when = inner === whole ? null : readOptional(reader, whole, 'when')
  return { kind: 'object', ...spotOf(part), when, fields }
}

/** `{fields, when?}`: for an object with a condition, or with fields whose names mean something here. */
function readWrapped(reader: TreeReader, whole: Part<MapTree>): Part<MapTree> | null {
  const group = reader.group(whole, ['fields', 'when'])
  const fields = group && child(group, 'fields')
  return fields && reader.map(fields)
}

export function readOptional(
  reader: TreeReader,
  group: Part<MapTree>,
  name: string,
): WrittenExpression | null {
  const part = child(group, name)
  return part && reader.expression(part)
}
