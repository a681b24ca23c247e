/** The values that expressions can name, by their names. */
export type Scope = Record<string, unknown>

export type Step = string | number
export type Read = (scope: Scope) => unknown

const name = /^[A-Za-z_][A-Za-z0-9_]*/
const next =
  /\.([A-Za-z_][A-Za-z0-9_]*)|\[(0|[1-9][0-9]{0,5})\]|\["([^"\\\r\n]*)"\]|\['([^'\\\r\n]*)'\]/y

/** The steps of a bare path, such as `record.items[0]["Order ID"]`; null for anything else. */
export function parsePath(text: string): readonly Step[] | null {
  const trimmed = text.trim()
  const root = name.exec(trimmed)?.[0]
  if (root === undefined) return null
  const steps: Step[] = [root]
  next.lastIndex = root.length
  while (next.lastIndex < trimmed.length) {
    const match = next.exec(trimmed)
    if (!match) return null
    const [, plain, index, double, single] = match
    steps.push(index === undefined ? (plain ?? double ?? single ?? '') : Number(index))
  }
  return steps
}

/** Reads a path over own properties only. What is missing is undefined. */
export function pathReader(steps: readonly Step[]): Read {
  const [first = '', one, two, ...more] = steps
  const root = String(first)
  if (one === undefined) return (scope) => scope[root]
  if (two === undefined) return (scope) => stepInto(scope[root], one)
  if (more.length === 0) return (scope) => stepInto(stepInto(scope[root], one), two)
  return (scope) => {
    let value = stepInto(stepInto(scope[root], one), two)
    for (const step of more) value = stepInto(value, step)
    return value
  }
}

function stepInto(value: unknown, step: Step): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined
  return Object.hasOwn(value, step) ? (value as Record<Step, unknown>)[step] : undefined
}
