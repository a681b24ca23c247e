import { parseArgs } from 'node:util'
import { type KindName, kindNames } from './kinds.ts'

export interface LifecycleOptions {
  readonly returns: number
  /** Returns that are under way at once. */
  readonly atOnce: number
  readonly seed: number
  /** Whether nothing goes wrong but what people do. */
  readonly isCalm: boolean
  /** Only these; all in the usual mix when empty. */
  readonly kinds: readonly KindName[]
  readonly jsonFile: string | null
  readonly keepDir: string | null
}

export const usage = `npm run lifecycle -- [options]
  --returns N      returns of mixed kinds (100)
  --at-once N      returns under way at once (12)
  --seed N         the same returns and the same faults again
  --calm           no faults of calls, and webhooks that arrive once and in order
  --kind NAME      only these; can be given again: ${kindNames.join(', ')}
  --keep DIR       keeps the logs and the data there
  --json FILE      writes the report as JSON`

/** @throws {TypeError} for an option that it does not know. */
export function readOptions(args: readonly string[]): LifecycleOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      returns: { type: 'string', default: '100' },
      'at-once': { type: 'string', default: '12' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      calm: { type: 'boolean', default: false },
      kind: { type: 'string', multiple: true, default: [] },
      keep: { type: 'string' },
      json: { type: 'string' },
    },
  })
  return {
    returns: wholeNumber(values.returns, 'returns'),
    atOnce: wholeNumber(values['at-once'], 'at-once'),
    seed: wholeNumber(values.seed, 'seed'),
    isCalm: values.calm,
    kinds: values.kind.map(kindOf),
    jsonFile: values.json ?? null,
    keepDir: values.keep ?? null,
  }
}

function wholeNumber(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`--${name} needs a number, not ${text}`)
  return Number(text)
}

function kindOf(text: string): KindName {
  const kind = kindNames.find((name) => name === text)
  if (kind === undefined) throw new TypeError(`there is no kind ${text}`)
  return kind
}
