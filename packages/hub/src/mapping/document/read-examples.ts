import type { Example, ExampleContent } from './mapping-document.ts'
import { child, itemsOf, type Part, plainOf, spotOf, type TreeReader } from './tree-reader.ts'
import type { MapTree } from './yaml-tree.ts'

/** Files of examples lie beside the document or below it. */
const safePath = /^(?!.*(^|\/)\.\.(\/|$))[\w][\w ./-]{0,199}$/

/** Reads the examples of a document. */
export function readExamples(reader: TreeReader, whole: Part<MapTree>): readonly Example[] {
  const part = child(whole, 'examples')
  const list = part && reader.list(part)
  return list ? itemsOf(list).flatMap((item) => readExample(reader, item) ?? []) : []
}

function readExample(reader: TreeReader, part: Part): Example | null {
  const group = reader.group(part, ['name', 'input', 'output'])
  if (!group) return null
  const [name, input, output] = ['name', 'input', 'output'].map((key) => child(group, key))
  if (!name || !input || !output) {
    reader.problem(part.tree.place, part.path, 'needs a name, an input and an output')
    return null
  }
  const title = reader.text(name)
  const given = readContent(reader, input)
  const expected = readContent(reader, output)
  if (title === null || !given || !expected) return null
  return { ...spotOf(part), name: title, input: given, output: expected }
}

function readContent(reader: TreeReader, part: Part): ExampleContent | null {
  const { tree, path } = part
  if (tree.kind === 'text') return { kind: 'text', text: tree.value }
  if (tree.kind !== 'map') return { kind: 'value', value: plainOf(tree) }
  const [key] = tree.entries.keys()
  const only = tree.entries.size === 1 && key !== undefined ? child({ tree, path }, key) : null
  if (only && key === 'text') {
    const text = reader.text(only)
    return text === null ? null : { kind: 'text', text }
  }
  if (!only || key !== 'file') return { kind: 'value', value: plainOf(tree) }
  const file = reader.text(only)
  if (file !== null && safePath.test(file)) return { kind: 'file', file }
  reader.problem(only.tree.place, only.path, 'must be the path of a file beside the document')
  return null
}
