import { parse } from 'yaml'
import type { LearnedMapping } from '../../src/mapping/learn/learn-mapping.ts'

/** How well a draft did, by the places of the document. */
export interface Judgment {
  /** As a person would have it, without asking. */
  readonly right: readonly string[]
  /** Asked for, and the guess is right. */
  readonly askedRight: readonly string[]
  /** Asked for, and the guess is not right. */
  readonly askedWrong: readonly string[]
  /** Neither right nor asked for: a person would have to notice. */
  readonly wrong: readonly string[]
  /** Neither written nor asked for. */
  readonly missing: readonly string[]
}

/** Holds a draft against what a person would have written. */
export function judge(
  { document, decisions }: LearnedMapping,
  truth: Readonly<Record<string, string>>,
): Judgment {
  const written: unknown = parse(document)
  const asked = new Set(decisions.map(({ path }) => path))
  const judgment = { right: [], askedRight: [], askedWrong: [], wrong: [], missing: [] } as Record<
    keyof Judgment,
    string[]
  >
  for (const [path, expected] of Object.entries(truth)) {
    const value = valueAt(written, path)
    const isRight = value !== undefined && textOf(value) === textOf(parse(expected))
    const kind = asked.has(path)
      ? isRight
        ? 'askedRight'
        : 'askedWrong'
      : isRight
        ? 'right'
        : value === undefined
          ? 'missing'
          : 'wrong'
    judgment[kind].push(isRight ? path : `${path}: ${textOf(value)}`)
  }
  return judgment
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
}

function valueAt(document: unknown, path: string): unknown {
  let value = document
  for (const key of path.match(/[^.[\]]+/g) ?? []) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}
