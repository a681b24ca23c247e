import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { compileMapping } from '../../mapping/document/compile-mapping.ts'
import type { Example, MappingDocument } from '../../mapping/document/mapping-document.ts'
import { parseMapping } from '../../mapping/document/parse-mapping.ts'
import { readWhole, type WholeReading } from '../../mapping/dry-run/read-whole.ts'
import { type ExampleRun, runExamples } from '../../mapping/examples/run-examples.ts'
import type { Words } from '../../mapping/words.ts'
import type { DocumentProblem } from '../../pipeline/document-check.ts'
import { noWords } from './word-tables.ts'

type Examples = Extract<ExampleRun, { ok: true }>['results']

/** What became of one mapping document. */
export interface MappingTest {
  readonly file: string
  /** It compiles, none of its examples differs, and the message, if one is named, can be read. */
  readonly isFine: boolean
  readonly problems: readonly DocumentProblem[]
  readonly examples: Examples
  /** What the message comes to that the command line names. */
  readonly reading: WholeReading | null
}

/** Compiles a document, runs its examples, and reads a message by it. */
export async function testMapping({
  file,
  tables,
  message,
}: {
  readonly file: string
  readonly tables: Words | null
  readonly message: Uint8Array | null
}): Promise<MappingTest> {
  const words = saidBy(file, tables ?? noWords)
  const parsed = parseMapping(await readFile(file, 'utf8'))
  if (!parsed.ok) return failed(file, parsed.problems)
  const run = runExamples(parsed.document, await exampleFiles(file, parsed.document), words)
  if (!run.ok) return failed(file, run.problems)
  const reading = message === null ? null : read(parsed.document, { file, words, bytes: message })
  const isFine = run.results.every(({ outcome }) => outcome === 'passed') && !reading?.code
  return { file, isFine, problems: [], examples: run.results, reading }
}

/** Words as the connection says them that the path names, whatever message they are asked for. */
function saidBy(file: string, words: Words): Words {
  const connectionId = basename(dirname(file))
  return {
    ...words,
    translate: (vocabulary, value, scope) =>
      words.translate(vocabulary, value, { ...scope, connectionId }),
    express: (vocabulary, value, scope) =>
      words.express(vocabulary, value, { ...scope, connectionId }),
  }
}

function failed(file: string, problems: readonly DocumentProblem[]): MappingTest {
  return { file, isFine: false, problems, examples: [], reading: null }
}

/** Files that examples name, as far as they are there; a missing one is told by its example. */
async function exampleFiles(
  file: string,
  { examples }: MappingDocument,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  for (const path of examples.flatMap(filesOf)) {
    const bytes = await readFirst(foldersOf(file).map((folder) => join(folder, path)))
    if (bytes !== null) found.set(path, bytes)
  }
  return found
}

/** Beside the document, or beside the folder `mappings` that it lies in, as in the folder of a channel. */
function foldersOf(file: string): string[] {
  const own = dirname(file)
  return basename(own) === 'mappings' ? [own, dirname(own)] : [own]
}

async function readFirst(paths: readonly string[]): Promise<Buffer | null> {
  for (const path of paths) {
    const bytes = await readFile(path).catch(() => null)
    if (bytes !== null) return bytes
  }
  return null
}

function filesOf({ input, output }: Example): string[] {
  return [input, output].flatMap((content) => (content.kind === 'file' ? [content.file] : []))
}

function read(
  document: MappingDocument,
  given: { readonly file: string; readonly words: Words; readonly bytes: Uint8Array },
): WholeReading | null {
  if (document.direction !== 'inbound') return null
  const compiled = compileMapping(document)
  if (!compiled.ok) return null
  const { file, words, bytes } = given
  const topic = basename(file, extname(file))
  const connectionId = basename(dirname(file))
  const receivedAt = '2026-01-01T00:00:00.000Z'
  const message = { id: 'message', topic, connectionId, receivedAt }
  return readWhole(compiled.mapping, { message, bytes, words })
}
