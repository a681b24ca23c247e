import { createInterface } from 'node:readline/promises'
import { CliError } from './cli-error.ts'
import type { CliContext, GlobalOptions } from './context.ts'
import { formatDocument } from './document.ts'
import { printable } from './table.ts'

/** One run of one command: what it was told, and how it speaks. */
export interface Session {
  readonly context: CliContext
  readonly configPath: string | undefined
  readonly isJson: boolean
  readonly isQuiet: boolean
  readonly isDryRun: boolean
  readonly hasColor: boolean
  /** The result: one JSON document, or `human()`, on stdout. */
  readonly show: (document: unknown, human: () => string) => void
  /** A line about what happens, on stderr; not with --quiet or --json. */
  readonly say: (line: string) => void
  /** A line that replaces itself, on a terminal; nothing elsewhere. */
  readonly progress: (line: string | null) => void
  /**
   * Has a person agree before something is done that others notice.
   *
   * @throws {CliError} when they do not, or when nobody can be asked and --yes is not there.
   */
  readonly confirm: (question: string) => Promise<void>
}

export function createSession(context: CliContext, options: GlobalOptions): Session {
  const { stdout, stderr } = context
  const isJson = options.json ?? false
  const isQuiet = (options.quiet ?? false) || isJson
  const hasColor = stdout.isTTY && !context.env['NO_COLOR'] && options.color !== false
  return {
    context,
    configPath: options.config,
    isJson,
    isQuiet,
    isDryRun: options.dryRun ?? false,
    hasColor,
    show(document, human) {
      const text = isJson ? formatDocument(document) : human()
      if (text !== '') stdout.write(`${text}\n`)
    },
    say(line) {
      if (!isQuiet) stderr.write(`${printable(line)}\n`)
    },
    progress(line) {
      // Carriage return, and erase to the end of the line.
      if (!isQuiet && stderr.isTTY) stderr.write(line === null ? '\r\u001B[K' : `\r\u001B[K${line}`)
    },
    confirm: (question) => confirm(context, options, question),
  }
}

async function confirm(
  context: CliContext,
  options: GlobalOptions,
  question: string,
): Promise<void> {
  if (options.yes ?? false) return
  const { stdin, stderr } = context
  const canAsk = stdin.isTTY && stderr.isTTY && options.input !== false && !(options.json ?? false)
  if (!canAsk) {
    throw new CliError('usage', `${question} Nobody can be asked here: add --yes.`, {
      code: 'NEEDS_YES',
    })
  }
  const line = createInterface({ input: stdin, output: stderr })
  try {
    const answer = await line.question(`${printable(question)} [y/N] `)
    if (/^y(es)?$/i.test(answer.trim())) return
  } finally {
    line.close()
  }
  throw new CliError('error', 'Nothing was done.', { code: 'DECLINED' })
}
