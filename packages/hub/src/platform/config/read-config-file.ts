import { readFileSync } from 'node:fs'
import { isMap, isNode, isScalar, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import { isSystemError } from '../private-files.ts'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { type ConfigField, configFields } from './fields.ts'
import { nearestName } from './nearest-name.ts'

/** A value as it was written, and where. */
export type Written = {
  readonly value: unknown
  /** `backhaul.yaml:3:9`, or the environment variable. */
  readonly where: string
}

type Reading = {
  readonly values: Map<string, Written>
  readonly problems: ConfigProblem[]
}

/**
 * Reads the values of a YAML configuration file by field key.
 *
 * @param options.isRequired - false for the default file, which need not exist.
 * @returns null where the file does not exist and need not.
 * @throws {ConfigError} when it cannot be read at all; what is wrong inside is in `problems`.
 */
export function readConfigFile(
  path: string,
  options: { readonly shownAs: string; readonly isRequired: boolean },
): Reading | null {
  const text = readText(path, options)
  if (text === null) return null
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const positionOf = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${options.shownAs}:${line}:${col}`
  }
  const problems = document.errors.map((error) => ({
    where: positionOf(error.pos[0]),
    message: error.message,
  }))
  const reading: Reading = { values: new Map(), problems }
  const walker = new Walker(reading, positionOf)
  if (problems.length === 0) walker.walk(document.contents, [])
  return reading
}

function readText(
  path: string,
  { shownAs, isRequired }: { readonly shownAs: string; readonly isRequired: boolean },
): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!isRequired && isSystemError(error, 'ENOENT')) return null
    const reason = isSystemError(error, 'ENOENT') ? 'there is no such file' : String(error)
    throw new ConfigError([{ where: shownAs, message: reason }])
  }
}

/** Goes down the file's mappings side by side with the fields that exist. */
class Walker {
  readonly #reading: Reading
  readonly #positionOf: (offset: number) => string

  constructor(reading: Reading, positionOf: (offset: number) => string) {
    this.#reading = reading
    this.#positionOf = positionOf
  }

  walk(node: Node | null, above: readonly string[]): void {
    // A group whose fields are all commented out.
    if (node === null || (isScalar(node) && node.value === null)) return
    if (!isMap(node)) {
      const name = above.length === 0 ? 'the file' : above.join('.')
      this.#problem(node, `${name} must be a group of fields, one a line.`)
      return
    }
    for (const pair of node.items) this.#walkPair(pair, above)
  }

  #walkPair({ key, value }: Pair, above: readonly string[]): void {
    if (!isNode(key)) return
    const name = isScalar(key) ? String(key.value) : ''
    const path = [...above, name]
    const below = configFields.filter((field) => path.every((part, i) => field.path[i] === part))
    const field = below.find(({ path: { length } }) => length === path.length)
    const node = isNode(value) ? value : null
    if (field) this.#take(field, node)
    else if (below.length > 0) this.walk(node, path)
    else this.#problem(key, unknownField(path))
  }

  #take(field: ConfigField, node: Node | null): void {
    const value: unknown = node?.toJSON()
    if (node === null || value === null) return
    this.#reading.values.set(field.key, { value, where: this.#where(node) })
  }

  #where(node: Node): string {
    return this.#positionOf(node.range?.[0] ?? 0)
  }

  #problem(node: Node, message: string): void {
    this.#reading.problems.push({ where: this.#where(node), message })
  }
}

function unknownField(path: readonly string[]): string {
  const above = path.slice(0, -1)
  const siblings = configFields
    .filter((field) => above.every((part, i) => field.path[i] === part))
    .map((field) => field.path[above.length] ?? '')
  const sibling = nearestName(path.at(-1) ?? '', siblings)
  const elsewhere = configFields.find((field) => field.path.at(-1) === path.at(-1))
  const near = sibling === null ? elsewhere?.key : [...above, sibling].join('.')
  return `there is no field ${path.join('.')}${near ? `; did you mean ${near}?` : '.'}`
}
