import type { ASTNode } from '@marcbachmann/cel-js'

/** Which fields an expression looks at, as paths from a variable on, such as `line.deliveredAt`. */
export interface Reads {
  /** In the order of their first use, each once; a path that goes on is not repeated by its beginning. */
  readonly paths: readonly string[]
  /** Those that it compares with null: it knows what to do without them. */
  readonly nullTested: readonly string[]
}

export function readsOf(ast: ASTNode): Reads {
  const paths = new Set<string>()
  const nullTested = new Set<string>()
  visit(ast, { paths, nullTested })
  return { paths: [...paths], nullTested: [...nullTested] }
}

interface Found {
  readonly paths: Set<string>
  readonly nullTested: Set<string>
}

function visit(node: ASTNode, found: Found): void {
  const path = pathOf(node)
  if (path !== null) {
    found.paths.add(path)
    return
  }
  if (node.op === '==' || node.op === '!=') {
    const [left, right] = node.args
    const tested = isNull(right) ? pathOf(left) : isNull(left) ? pathOf(right) : null
    if (tested !== null) found.nullTested.add(tested)
  }
  for (const child of childrenOf(node.args)) visit(child, found)
}

/** `a.b.c` as text; null for anything but a variable and fields of it. */
function pathOf(node: ASTNode): string | null {
  if (node.op === 'id') return node.args
  if (node.op !== '.') return null
  const [of, field] = node.args
  const above = pathOf(of)
  return above === null ? null : `${above}.${field}`
}

function isNull(node: ASTNode): boolean {
  return node.op === 'value' && node.args === null
}

function childrenOf(args: unknown): ASTNode[] {
  if (typeof args === 'object' && args !== null && 'op' in args) return [args as ASTNode]
  return Array.isArray(args) ? args.flatMap(childrenOf) : []
}
