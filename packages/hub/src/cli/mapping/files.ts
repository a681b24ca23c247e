import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { documentName } from '../../pipeline/documents.ts'
import { CliError } from '../cli-error.ts'

/** A file as it is on the disk. */
export interface NamedBytes {
  readonly name: string
  readonly bytes: Buffer
}

const sampleLimit = 500

/** Reads samples; a folder stands for the files in it. @throws {CliError} where one cannot be read, or there is none. */
export async function readSampleFiles(paths: readonly string[]): Promise<NamedBytes[]> {
  const found: NamedBytes[] = []
  for (const path of paths) {
    for (const file of await filesAt(path)) {
      if (found.length < sampleLimit) found.push({ name: file, bytes: await readFile(file) })
    }
  }
  if (found.length > 0) return found
  throw new CliError('usage', `There is no file in ${paths.join(', ')}.`)
}

async function filesAt(path: string): Promise<string[]> {
  if (!(await isFolder(path))) return [path]
  const entries = await readdir(path, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => join(path, name))
    .toSorted()
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    throw new CliError('notFound', `${path} cannot be read: ${(error as Error).message}.`, {
      cause: error,
    })
  }
}

/** Mapping documents of a folder and those below it, or the one that is named. */
export async function findMappings(path: string): Promise<string[]> {
  if (!(await isFolder(path))) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name)
    if (!entry.isFile() || !['.yaml', '.yml'].includes(extname(entry.name))) continue
    // Policies and samples lie beside mappings.
    if (/^mapping:/m.test(await readFile(file, 'utf8'))) found.push(file)
  }
  if (found.length === 0) throw new CliError('notFound', `There is no mapping document in ${path}.`)
  return found.toSorted()
}

/**
 * The name of a document, `<connection>/<topic>`, by its path and what the command line says.
 *
 * @throws {CliError} where they make no name.
 */
export function mappingNameOf(
  path: string,
  given: { readonly connection?: string; readonly topic?: string },
): string {
  const connection = given.connection ?? basename(dirname(path))
  const topic = given.topic ?? basename(path, extname(path))
  const name = `${connection}/${topic}`
  if (documentName.safeParse(name).success) return name
  throw new CliError('usage', `${name} is no name of a mapping: say --connection and --topic.`)
}
