import { documentCheckers } from '../pipeline/document-check.ts'
import type { DocumentDeps } from '../pipeline/documents.ts'
import type { VocabularyDeps } from '../pipeline/vocabularies.ts'
import type { CliHub } from './with-hub.ts'

/** What changes of words and documents need, in a process that keeps none of them in memory. */
export function wordDeps({
  pool,
  record,
  config,
  wakeProcessor,
  connections,
}: CliHub): DocumentDeps & VocabularyDeps {
  const { fourEyes } = config.changeControl
  const checkers = documentCheckers(connections)
  return { pool, record, wakeProcessor, checkers, fourEyes, afterChange: nothing }
}

/** The running hub notices by itself within a second. */
async function nothing(): Promise<void> {}
