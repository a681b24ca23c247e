import { type ASTNode, serialize } from '@marcbachmann/cel-js'
import type { ExpressionProblem } from './language.ts'
import { checkPattern } from './pattern.ts'

/** A call of a function, with those of its arguments that are written out as texts. */
export interface ExpressionCall {
  readonly name: string
  readonly literals: readonly (string | null)[]
  /** Zero-based offset of the call in the expression's text. */
  readonly offset: number
}

/** What an expression costs, in steps, for each time that something in it is evaluated. */
export interface ExpressionCost {
  readonly nodes: number
  /** Operations that go through texts. */
  readonly texts: number
  /** Operations that go through lists or maps. */
  readonly searches: number
}

type Inspected =
  | {
      readonly ok: true
      readonly text: string
      readonly cost: ExpressionCost
      readonly calls: readonly ExpressionCall[]
    }
  | { readonly ok: false; readonly problem: ExpressionProblem }

const iterations: ReadonlySet<string> = new Set([
  'all',
  'exists',
  'exists_one',
  'map',
  'filter',
  'transformList',
  'transformMap',
  'sortBy',
])
/** Iterations multiply each other's cost. */
const nestingLimit = 2
const iterationLimit = 3
/** How much longer than those of the data an expression can make a text or a list. */
const growthLimit = 2_000

interface Walk {
  iterations: number
  deepest: number
  additions: number
  nodes: number
  texts: number
  searches: number
  readonly calls: ExpressionCall[]
  problem: ExpressionProblem | null
}

/**
 * Looks for what could keep a process busy, puts our `matchesPattern` in the place of `matches`, whose
 * regular expressions can take for ever, and lets each iteration pay for its list by `metered`. Changes the
 * tree.
 *
 * @returns the text of the changed tree and what it costs, or why the expression is not taken.
 */
export function inspectExpression(ast: ASTNode): Inspected {
  const calls: ExpressionCall[] = []
  const counts = { iterations: 0, deepest: 0, additions: 0, nodes: 0, texts: 0, searches: 0 }
  const walk: Walk = { ...counts, calls, problem: null }
  visit(walk, ast, 0)
  if (walk.problem) return { ok: false, problem: walk.problem }
  if (walk.iterations > iterationLimit) {
    return refuse(ast, `it iterates more than ${iterationLimit} times`)
  }
  if (walk.deepest > nestingLimit) {
    return refuse(ast, `its iterations nest deeper than ${nestingLimit}`)
  }
  if (walk.iterations > 0 && (walk.additions + 1) ** (walk.iterations + 1) > growthLimit) {
    return refuse(ast, 'its iterations add up texts or lists too often')
  }
  const { nodes, texts, searches } = walk
  return { ok: true, text: serialize(ast), cost: { nodes, texts, searches }, calls }
}

function refuse(node: ASTNode, message: string): Inspected {
  return { ok: false, problem: { message, offset: offsetOf(node) } }
}

function visit(walk: Walk, node: ASTNode, depth: number): void {
  walk.nodes += 1
  const children = childrenOf(node.args)
  let inner = depth
  if (node.op === 'id' && node.args === 'cel') problem(walk, node, 'cel.bind is not available')
  else if (node.op === 'value') checkNumber(walk, node)
  else if (node.op === 'in') walk.searches += 1
  else if (node.op === '==' || node.op === '!=') {
    if (!children.some(({ op }) => op === 'value')) walk.searches += 1
  } else if (node.op === '+') {
    walk.additions += 1
    walk.texts += 1
  } else if (node.op === 'call') visitCall(walk, node, node.args)
  else if (node.op === 'rcall') inner = visitMethod(walk, node, depth)
  for (const child of children) visit(walk, child, inner)
}

function visitCall(walk: Walk, node: ASTNode, [name, args]: [string, ASTNode[]]): void {
  walk.texts += 1
  if (name === 'size') walk.searches += 1
  walk.calls.push({ name, literals: args.map(literalOf), offset: offsetOf(node) })
}

function visitMethod(walk: Walk, node: ASTNode, depth: number): number {
  const args = node.args as unknown as [string, ASTNode, ASTNode[]]
  const [name, receiver] = args
  if (name === 'matches') usePattern(walk, node, args)
  if (!iterations.has(name)) {
    walk.texts += 1
    if (name === 'size') walk.searches += 1
    return depth
  }
  walk.iterations += 1
  walk.deepest = Math.max(walk.deepest, depth + 1)
  args[1] = { op: 'call', args: ['metered', [receiver]] } as unknown as ASTNode
  return depth + 1
}

function usePattern(walk: Walk, node: ASTNode, args: [string, ASTNode, ASTNode[]]): void {
  const [pattern] = args[2]
  const literal = pattern ? literalOf(pattern) : null
  const refusal = literal === null ? 'needs a pattern written out' : checkPattern(literal)
  if (refusal !== null) problem(walk, node, `matches ${refusal}`)
  args[0] = 'matchesPattern'
}

/** The tree is evaluated from its text, in which a number has nine decimals. */
function checkNumber(walk: Walk, node: ASTNode): void {
  if (typeof node.args === 'number' && Number(serialize(node)) !== node.args) {
    problem(walk, node, 'a number with so many decimals is written as a text')
  }
}

function problem(walk: Walk, node: ASTNode, message: string): void {
  walk.problem ??= { message, offset: offsetOf(node) }
}

function literalOf(node: ASTNode): string | null {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : null
}

function childrenOf(args: unknown): ASTNode[] {
  if (isNode(args)) return [args]
  return Array.isArray(args) ? args.flatMap(childrenOf) : []
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
}

function offsetOf(node: ASTNode): number {
  return node.range?.start ?? 0
}
