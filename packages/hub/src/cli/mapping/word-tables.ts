import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createMeanings, type Meanings, noMasterData } from '../../connect/glossary.ts'
import { wordKey } from '../../mapping/vocabularies.ts'
import type { Words } from '../../mapping/words.ts'
import { subjectOf } from '../../pipeline/config-files.ts'
import { readCsv } from '../../pipeline/vocabulary-csv.ts'
import { CliError } from '../cli-error.ts'

/**
 * Words of the tables in a folder, named as `apply` names them.
 *
 * @throws {CliError} where the folder cannot be read; {HubError} where a table cannot.
 */
export async function readTables(folder: string): Promise<Words> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new CliError('notFound', `${folder} cannot be read: ${(error as Error).message}.`)
  })
  const builders = new Map<string, ReturnType<typeof createMeanings>>()
  let count = 0
  for (const name of names.toSorted()) {
    const subject = subjectOf(`vocabularies/${name}`)
    if (subject?.kind !== 'table') continue
    const { vocabulary, connectionId } = subject
    const builder = builders.get(vocabulary) ?? createMeanings()
    builders.set(vocabulary, builder)
    for (const { entry } of readCsv(await readFile(join(folder, name), 'utf8'), { connectionId })) {
      count += 1
      builder.add({
        entryId: String(count).padStart(9, '0'),
        connectionId: entry.connectionId ?? null,
        company: entry.company ?? null,
        sourceKey: wordKey(entry.sourceValue),
        sourceValue: entry.sourceValue,
        canonicalValue: entry.canonicalValue,
        validFrom: dateOf(entry.validFrom),
        validTo: dateOf(entry.validTo),
      })
    }
  }
  return wordsOf(new Map([...builders].map(([name, builder]) => [name, builder.done()])))
}

function dateOf(text: string | null | undefined): Date | null {
  return text === null || text === undefined ? null : new Date(text)
}

/** No words at all. */
export const noWords: Words = wordsOf(new Map())

function wordsOf(meanings: ReadonlyMap<string, Meanings>): Words {
  return {
    ...noMasterData,
    translate: (vocabulary, value, scope) =>
      meanings.get(vocabulary)?.translate(value, scope) ?? null,
    express: (vocabulary, value, scope) => meanings.get(vocabulary)?.express(value, scope) ?? null,
  }
}
