import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sureFrom } from '../../mapping/learn/draft.ts'
import type { LearnedMapping } from '../../mapping/learn/learn-mapping.ts'
import { documentName } from '../../pipeline/documents.ts'
import { writeTable } from '../../pipeline/vocabulary-csv.ts'
import { CliError } from '../cli-error.ts'

/** A file that is to be written, below the folder of the configuration. */
interface LearnedFile {
  readonly path: string
  readonly text: string
}

/**
 * What was learned as files that `apply` takes. Tables hold the words that are sure: a message with another
 * one waits, and is asked about.
 *
 * @throws {CliError} for a name that no mapping can have.
 */
export function learnedFiles(name: string, learned: LearnedMapping): LearnedFile[] {
  if (!documentName.safeParse(name).success) {
    throw new CliError('usage', `${name} is no name of a mapping: say --connection and --topic.`)
  }
  const [connection = ''] = name.split('/')
  const tables = new Map<string, { sourceValue: string; canonicalValue: string }[]>()
  for (const { vocabulary, sourceValue, canonicalValue, confidence } of learned.vocabularies) {
    if (canonicalValue === null || confidence < sureFrom) continue
    const rows = tables.get(vocabulary) ?? []
    tables.set(vocabulary, [...rows, { sourceValue, canonicalValue }])
  }
  return [
    { path: `mappings/${name}.yaml`, text: learned.document },
    ...[...tables].map(([vocabulary, rows]) => ({
      path: `vocabularies/${vocabulary}.${connection}.csv`,
      text: writeTable(rows),
    })),
  ]
}

/** Writes files, never over one that is there. @returns their paths. */
export async function writeLearned(
  folder: string,
  files: readonly LearnedFile[],
): Promise<string[]> {
  const written: string[] = []
  for (const { path, text } of files) {
    const full = join(folder, path)
    await mkdir(dirname(full), { recursive: true })
    try {
      await writeFile(full, text, { flag: 'wx' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const message = `${full} is there already: name another folder, or move it away.`
      throw new CliError('conflict', message, { code: 'FILE_EXISTS' })
    }
    written.push(full)
  }
  return written
}
