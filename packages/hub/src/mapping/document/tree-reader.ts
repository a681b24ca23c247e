import type { z } from 'zod'
import { nearestName } from '../../platform/config/nearest-name.ts'
import type { Spot, WrittenExpression } from './mapping-document.ts'
import type { DocumentProblem, ListTree, MapTree, Place, Tree } from './yaml-tree.ts'

/** A part of a document's tree, with the path that leads to it. */
export interface Part<T extends Tree = Tree> {
  readonly tree: T
  readonly path: string
}

const problemLimit = 50

/** Reads the parts of a tree, and keeps what is wrong with them. */
export class TreeReader {
  readonly problems: DocumentProblem[] = []

  problem(place: Place, path: string, message: string): void {
    if (this.problems.length < problemLimit) {
      this.problems.push({ line: place.line, column: place.column, path, message })
    }
  }

  /** @returns null, with a problem, for anything but a group of the keys named. */
  group(part: Part, keys: readonly string[]): Part<MapTree> | null {
    const group = this.map(part)
    if (group === null) return null
    for (const [name, { key }] of group.tree.entries) {
      if (keys.includes(name)) continue
      const near = nearestName(name, keys)
      const hint = near === null ? `; known are ${keys.join(', ')}` : `; did you mean ${near}?`
      this.problem(key, childPath(part.path, name), `there is no ${name} here${hint}`)
    }
    return group
  }

  map({ tree, path }: Part): Part<MapTree> | null {
    if (tree.kind === 'map') return { tree, path }
    this.problem(tree.place, path, 'must be a group of fields')
    return null
  }

  list({ tree, path }: Part): Part<ListTree> | null {
    if (tree.kind === 'list') return { tree, path }
    this.problem(tree.place, path, 'must be a list')
    return null
  }

  text({ tree, path }: Part): string | null {
    if (tree.kind === 'text') return tree.value
    this.problem(tree.place, path, 'must be a text')
    return null
  }

  /** An expression; a number or a boolean is one as well. */
  expression({ tree, path }: Part): WrittenExpression | null {
    if (tree.kind === 'text' && tree.value.trim() !== '') {
      const { value: text, place, isOneLine } = tree
      return { text, place, path, isOneLine }
    }
    if (tree.kind === 'scalar' && tree.value !== null) {
      return { text: String(tree.value), place: tree.place, path, isOneLine: true }
    }
    const isTorn = /[()"'\]]$/.test(path)
    const hint = isTorn ? '; within braces, one with a comma stands in quotes' : ''
    this.problem(tree.place, path, `must be an expression${hint}`)
    return null
  }

  /** Reads by a schema of zod, whose problems get the places of what they are about. */
  schema<T>(part: Part, schema: z.ZodType<T>): T | null {
    const parsed = schema.safeParse(plainOf(part.tree))
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues) {
      const { tree, path } = findPart(part, issue.path)
      this.problem(tree.place, path, issue.message)
    }
    return null
  }
}

/** The part below a key, or null where there is none. */
export function child({ tree, path }: Part<MapTree>, name: string): Part | null {
  const entry = tree.entries.get(name)
  return entry ? { tree: entry.value, path: childPath(path, name) } : null
}

export function itemsOf({ tree, path }: Part<ListTree>): Part[] {
  return tree.items.map((item, index) => ({ tree: item, path: `${path}[${index}]` }))
}

export function childrenOf(part: Part<MapTree>): { readonly name: string; readonly part: Part }[] {
  return [...part.tree.entries].map(([name, { value }]) => ({
    name,
    part: { tree: value, path: childPath(part.path, name) },
  }))
}

export function spotOf({ tree, path }: Part): Spot {
  return { place: tree.place, path }
}

/** The value that a tree says, as JSON has it. Keys are own properties, whatever their name. */
export function plainOf(tree: Tree): unknown {
  if (tree.kind === 'list') return tree.items.map(plainOf)
  if (tree.kind !== 'map') return tree.value
  return Object.fromEntries([...tree.entries].map(([name, { value }]) => [name, plainOf(value)]))
}

function childPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** The part that a path of zod leads to, as far as it exists. */
function findPart(part: Part, path: readonly PropertyKey[]): Part {
  let found = part
  for (const step of path) {
    const { tree } = found
    const next: Tree | undefined =
      tree.kind === 'list'
        ? tree.items[Number(step)]
        : tree.kind === 'map'
          ? tree.entries.get(String(step))?.value
          : undefined
    const name =
      tree.kind === 'list' ? `${found.path}[${String(step)}]` : childPath(found.path, String(step))
    found = { tree: next ?? tree, path: name }
    if (!next) break
  }
  return found
}
