import { parseDocument } from 'yaml'

/** Something that a person has to say, or to look at. */
export interface Decision {
  /** Where in the document, such as `events[0].data.currency`. */
  readonly path: string
  readonly question: string
  /** 0 to 1: how sure what stands there now is. */
  readonly confidence: number
  /** What could stand there, as the document writes it; the one that stands there first. */
  readonly choices: readonly string[]
}

/** What is written at a place, and how sure it is. */
export interface Guess {
  /** An expression, or YAML of a group in braces. */
  readonly text: string
  readonly confidence: number
  readonly question: string
  readonly choices?: readonly string[]
}

export type DraftKey = string | number

interface Part {
  /** An expression or YAML in braces; what is YAML for sure as `yaml`. */
  text: string | { readonly yaml: string } | null
  decide: string | null
  readonly parts: Map<DraftKey, Part>
}

/** What is surer than that needs no look. */
export const sureFrom = 0.8

/**
 * A mapping document in the making: what stands where, and what of it a person has to decide. An answer of
 * theirs stands where they say, and is sure; an empty one leaves the place out.
 */
export class Draft {
  readonly decisions: Decision[] = []
  readonly #root: Part = { text: null, decide: null, parts: new Map() }
  readonly #answers: ReadonlyMap<string, string>
  readonly #written = new Set<string>()
  #sum = 0
  #count = 0

  /** @param answers - by path; what is no YAML is left out of account. */
  constructor(answers: ReadonlyMap<string, string>) {
    this.#answers = new Map([...answers].filter(([, text]) => isAnswer(text)))
  }

  /** What a person said about a place. */
  answer(path: readonly DraftKey[]): string | undefined {
    return this.#answers.get(pathOf(path))
  }

  /** Keeps a place among its neighbors for what comes later. */
  keep(path: readonly DraftKey[]): void {
    this.#at(path)
  }

  /** Puts something there that is no guess. */
  put(path: readonly DraftKey[], text: string): void {
    this.#write(path, this.answer(path) ?? text)
  }

  /** Puts a value there as it is, and no expression. */
  putValue(path: readonly DraftKey[], value: unknown): void {
    const said = this.answer(path)
    if (said !== undefined) this.put(path, said)
    else this.#write(path, { yaml: JSON.stringify(value) })
  }

  /** Puts the answers there that are about nothing written so far. */
  putRest(): void {
    for (const [path, text] of this.#answers) {
      if (!this.#written.has(path)) this.#write(keysOf(path), text)
    }
  }

  #write(path: readonly DraftKey[], text: Part['text']): Part {
    const part = this.#at(path)
    part.text = text
    this.#written.add(pathOf(path))
    return part
  }

  /** Puts a guess there; one that is not sure becomes a decision. */
  guess(path: readonly DraftKey[], { text, confidence, question, choices = [] }: Guess): void {
    const said = this.answer(path)
    const part = this.#write(path, said ?? text)
    const certainty = said === undefined ? confidence : 1
    this.#sum += certainty
    this.#count += 1
    if (certainty >= sureFrom) return
    part.decide = question
    const all = [text, ...choices.filter((choice) => choice !== text)]
    this.decisions.push({
      path: pathOf(path),
      question,
      confidence: round(certainty),
      choices: all,
    })
  }

  /** The mean of all guesses. */
  get confidence(): number {
    return this.#count === 0 ? 0 : round(this.#sum / this.#count)
  }

  /** The document as YAML, with a comment at each decision. */
  toYaml(): string {
    const lines: string[] = []
    writeParts(lines, this.#root, '')
    return `${lines.join('\n')}\n`
  }

  #at(path: readonly DraftKey[]): Part {
    let part = this.#root
    for (const key of path) {
      const below = part.parts.get(key) ?? { text: null, decide: null, parts: new Map() }
      part.parts.set(key, below)
      part = below
    }
    return part
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function pathOf(path: readonly DraftKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join('')
}

/** `events[0].data` as its names and numbers. */
function keysOf(path: string): DraftKey[] {
  const keys = path.match(/[^.[\]]+/g) ?? []
  return keys.map((key) => (/^\d{1,4}$/.test(key) ? Number(key) : key))
}

/** Whether a text can stand behind a key: one line of YAML. */
function isAnswer(text: string): boolean {
  if (text.length > 2_000 || /[\r\n]/.test(text)) return false
  return parseDocument(`key: ${scalarText(text)}`, { logLevel: 'silent' }).errors.length === 0
}

function writeParts(lines: string[], part: Part, indent: string): void {
  for (const [key, below] of part.parts) {
    // An answer takes the place of what a group would hold.
    if (isEmpty(below)) continue
    if (below.decide !== null) lines.push(`${indent}# DECIDE: ${oneLine(below.decide)}`)
    const head = typeof key === 'number' ? '-' : `${keyText(key)}:`
    if (below.text !== null) lines.push(`${indent}${head} ${scalarText(below.text)}`)
    else if (typeof key === 'number') writeItem(lines, below, indent)
    else {
      lines.push(`${indent}${head}`)
      writeParts(lines, below, `${indent}  `)
    }
  }
}

function isEmpty({ text, parts }: Part): boolean {
  return text === '' || (text === null && [...parts.values()].every(isEmpty))
}

/** An item of a list: its first line begins behind the hyphen, comments before it stand above. */
function writeItem(lines: string[], part: Part, indent: string): void {
  const inner: string[] = []
  writeParts(inner, part, `${indent}  `)
  const first = inner.findIndex((line) => !line.trimStart().startsWith('#'))
  for (const [index, line] of inner.entries()) {
    lines.push(index === first ? `${indent}- ${line.slice(indent.length + 2)}` : line)
  }
}

function keyText(key: string): string {
  return /^[A-Za-z][\w]*$/.test(key) ? key : JSON.stringify(key)
}

/** Behind a key: groups in braces and lists in brackets as they are, any other text quoted where YAML would read it otherwise. */
function scalarText(text: string | { readonly yaml: string }): string {
  if (typeof text !== 'string') return text.yaml
  if (/^[{[].*[}\]]$/.test(text)) return text
  const isPlain = /^[A-Za-z][^\p{Cc}]*$/u.test(text) && !/: | #|:$|\s$/.test(text)
  if (isPlain && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)) return text
  if (/^\d{1,6}$/.test(text) || /^(true|false)$/.test(text)) return text
  return `'${text.replaceAll("'", "''")}'`
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Surrogate}\u2028\u2029]+/gu, ' ')
}
