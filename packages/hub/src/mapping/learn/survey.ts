/** What stands at one place of all samples together. */
export interface PlaceNode {
  /** Name of the field; null for a root and for the items of a list. */
  readonly key: string | null
  parent: PlaceNode | null
  /** How often anything but null and an empty text stood here. */
  present: number
  /** Scalars as texts, with how often each stood here. The first ones only. */
  readonly values: Map<string, number>
  valueCount: number
  objectCount: number
  listCount: number
  readonly children: Map<string, PlaceNode>
  items: PlaceNode | null
}

const nodeLimit = 3_000
const childLimit = 500
const depthLimit = 24
const distinctLimit = 300
const itemLimit = 5_000
const visitLimit = 300_000
const valueLength = 200

/**
 * Goes through samples, and notes what stands where: no more than the first values of each place, the first
 * places, and the first items of a list.
 */
export class Survey {
  readonly #root: PlaceNode = newNode(null, null)
  #nodes = 1
  #visits = 0

  add(value: unknown): void {
    this.#visit(this.#root, value, 0)
  }

  /** What was found. Nothing can be added afterwards. */
  finish(): PlaceNode {
    mergeSingles(this.#root)
    return this.#root
  }

  #visit(node: PlaceNode, value: unknown, depth: number): void {
    this.#visits += 1
    if (this.#visits > visitLimit || depth > depthLimit) return
    if (value === null || value === undefined || value === '') return
    node.present += 1
    if (Array.isArray(value)) this.#visitList(node, value, depth)
    else if (typeof value === 'object') this.#visitObject(node, value, depth)
    else noteValue(node, value)
  }

  #visitList(node: PlaceNode, list: readonly unknown[], depth: number): void {
    node.listCount += 1
    node.items ??= this.#make(null, node)
    if (node.items === null) return
    for (const item of list.slice(0, itemLimit)) this.#visit(node.items, item, depth + 1)
  }

  #visitObject(node: PlaceNode, value: object, depth: number): void {
    node.objectCount += 1
    for (const [key, item] of Object.entries(value)) {
      if (this.#visits > visitLimit) return
      const known = node.children.get(key)
      const child = known ?? (node.children.size < childLimit ? this.#make(key, node) : null)
      if (child === null) continue
      node.children.set(key, child)
      this.#visit(child, item, depth + 1)
    }
  }

  #make(key: string | null, parent: PlaceNode): PlaceNode | null {
    if (this.#nodes >= nodeLimit) return null
    this.#nodes += 1
    return newNode(key, parent)
  }
}

function newNode(key: string | null, parent: PlaceNode | null): PlaceNode {
  return {
    key,
    parent,
    present: 0,
    values: new Map(),
    valueCount: 0,
    objectCount: 0,
    listCount: 0,
    children: new Map(),
    items: null,
  }
}

function noteValue(node: PlaceNode, value: unknown): void {
  const text = String(value).slice(0, valueLength)
  node.valueCount += 1
  const count = node.values.get(text)
  if (count !== undefined) node.values.set(text, count + 1)
  else if (node.values.size < distinctLimit) node.values.set(text, 1)
}

/** XML and forms write a list of one like the one thing: where both stand, the one thing is an item. */
function mergeSingles(node: PlaceNode): void {
  const { items } = node
  if (items !== null && node.listCount > 0) {
    if (node.objectCount > 0 || node.valueCount > 0) pour(node, items)
    mergeSingles(items)
  }
  for (const child of node.children.values()) mergeSingles(child)
}

/** Puts what is known of one place to what is known of another. */
function pour(from: PlaceNode, to: PlaceNode): void {
  to.present += from.objectCount + from.valueCount
  to.objectCount += from.objectCount
  to.valueCount += from.valueCount
  for (const [value, count] of from.values) {
    to.values.set(value, (to.values.get(value) ?? 0) + count)
  }
  for (const [key, child] of from.children) {
    const known = to.children.get(key)
    if (known === undefined) to.children.set(key, adopted(child, to))
    else pourAll(child, known)
  }
  from.children.clear()
  from.values.clear()
  from.objectCount = 0
  from.valueCount = 0
}

function pourAll(from: PlaceNode, to: PlaceNode): void {
  to.listCount += from.listCount
  if (from.items !== null && to.items !== null) pour(from.items, to.items)
  else if (from.items !== null) to.items = adopted(from.items, to)
  pour(from, to)
}

function adopted(node: PlaceNode, parent: PlaceNode): PlaceNode {
  node.parent = parent
  return node
}

/** Places of scalars below a node, without those in lists. */
export function scalarsBelow(node: PlaceNode): PlaceNode[] {
  return [...node.children.values()].flatMap((child) => [
    ...(child.valueCount > 0 ? [child] : []),
    ...scalarsBelow(child),
  ])
}

/** Lists below a node, without those in lists. */
export function listsBelow(node: PlaceNode): PlaceNode[] {
  return [...node.children.values()].flatMap((child) => [
    ...(child.listCount > 0 ? [child] : []),
    ...listsBelow(child),
  ])
}

/** Names from one node down to another below it. */
export function keysBetween(top: PlaceNode, node: PlaceNode): string[] {
  const keys: string[] = []
  for (let at: PlaceNode | null = node; at !== null && at !== top; at = at.parent) {
    if (at.key !== null) keys.unshift(at.key)
  }
  return keys
}
