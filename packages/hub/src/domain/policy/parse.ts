import { isAlias, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { type PolicyDocument, policyDocument } from './document.ts'

/** Something that is wrong with a rule set, and where in its text; lines and columns count from 1. */
export interface PolicyProblem {
  readonly line: number
  readonly column: number
  /** The field, such as `rules[2].if`; empty for the whole. */
  readonly path: string
  readonly message: string
}

/** Where the parts of a rule set stand in its text. */
interface Places {
  /** The place of a field, or of the nearest field above it; `offset` characters into a text of one line. */
  readonly of: (path: readonly PropertyKey[], offset?: number) => { line: number; column: number }
}

export type ParsedPolicy =
  | { readonly ok: true; readonly document: PolicyDocument; readonly places: Places }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] }

const textLimit = 500_000

/** Reads a rule set. Every field is checked, and one that is not known is a problem. Never throws. */
export function parsePolicy(text: string): ParsedPolicy {
  if (text.length > textLimit) return failed(`It is longer than ${textLimit} characters.`)
  const lines = new LineCounter()
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (yaml.errors.length > 0) {
    return {
      ok: false,
      problems: yaml.errors.map(({ pos, message }) => ({
        ...placeOf(lines, pos[0]),
        path: '',
        message,
      })),
    }
  }
  const alias = findAlias(yaml.contents)
  if (alias !== null) {
    const message = 'a rule set is written out: references to other parts are not read'
    return { ok: false, problems: [{ ...placeOf(lines, alias), path: '', message }] }
  }
  const places = placesIn(yaml.contents, lines)
  const parsed = policyDocument.safeParse(yaml.toJS())
  if (parsed.success) return { ok: true, document: parsed.data, places }
  return { ok: false, problems: parsed.error.issues.map((issue) => problemOf(issue, places)) }
}

function failed(message: string): ParsedPolicy {
  return { ok: false, problems: [{ line: 1, column: 1, path: '', message }] }
}

/** References can make a small text into a large value. */
function findAlias(contents: Node | null): number | null {
  let offset: number | null = null
  visit(contents, (_key, node) => {
    if (!isAlias(node)) return undefined
    offset = node.range?.[0] ?? 0
    return visit.BREAK
  })
  return offset
}

function problemOf(issue: z.core.$ZodIssue, places: Places): PolicyProblem {
  const extra = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  return {
    ...places.of([...issue.path, ...extra]),
    path: pathText(issue.path),
    message: issue.message,
  }
}

/** `['rules', 2, 'if']` -> `rules[2].if`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')
}

function placesIn(contents: Node | null, lines: LineCounter): Places {
  const offsets = new Map<string, { readonly at: number; readonly isOneLine: boolean }>()
  note(contents, [], offsets)
  return {
    of(path, offset = 0) {
      for (let length = path.length; length >= 0; length -= 1) {
        const found = offsets.get(pathText(path.slice(0, length)))
        if (found === undefined) continue
        const into = length === path.length && found.isOneLine ? offset : 0
        return placeOf(lines, found.at + into)
      }
      return { line: 1, column: 1 }
    },
  }
}

interface YamlNode {
  readonly type?: unknown
  readonly range?: readonly number[] | null
  readonly items?: readonly unknown[]
  readonly value?: unknown
}

function note(
  node: unknown,
  path: readonly PropertyKey[],
  offsets: Map<string, { at: number; isOneLine: boolean }>,
): void {
  if (typeof node !== 'object' || node === null) return
  const { range, items, type, value } = node as YamlNode
  const isQuoted = type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE'
  const isOneLine = (isQuoted || type === 'PLAIN') && !String(value).includes('\n')
  offsets.set(pathText(path), { at: (range?.[0] ?? 0) + (isQuoted ? 1 : 0), isOneLine })
  for (const [index, item] of (items ?? []).entries()) {
    const pair = item as { readonly key?: YamlNode; readonly value?: unknown }
    if (pair.key === undefined) note(item, [...path, index], offsets)
    else if (pair.value === null) note(pair.key, [...path, String(pair.key.value)], offsets)
    else note(pair.value, [...path, String(pair.key.value)], offsets)
  }
}

function placeOf(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}
