import { vocabularyNames, wordKey } from '../mapping/vocabularies.ts'
import { HubError } from '../platform/errors.ts'
import type { Queryable } from '../store/database.ts'
import {
  type DocumentKind,
  findActive,
  listActiveDocuments,
  type StoredDocument,
} from '../store/documents.ts'
import { type EntryPlace, listEntries, type VocabularyEntry } from '../store/vocabularies.ts'
import { type ConfigFile, type ConfigFolder, type FileSubject, subjectOf } from './config-files.ts'
import {
  activateDocument,
  checkDocument,
  type DocumentDeps,
  diffTexts,
  draftDocument,
  hashOf,
  newDocument,
  retireDocument,
} from './documents.ts'
import { setEntries, type VocabularyDeps } from './vocabularies.ts'
import { readCsv } from './vocabulary-csv.ts'
import { importWords, planImport } from './vocabulary-import.ts'

export type ApplyDeps = DocumentDeps & VocabularyDeps

/** A folder's content, and what is to become of what it does not have. */
export interface ConfigInput {
  readonly files: readonly ConfigFile[]
  /** Those that are there: only what belongs into one of them is pruned. */
  readonly folders: readonly ConfigFolder[]
  /** Whether what is in force and not in the folder is taken out of force. */
  readonly prune: boolean
}

/** What would become of one file, or of one thing that has none. */
export interface PlannedItem {
  readonly path: string | null
  /** `mapping shop/returns`, `vocabulary reason of shop`. */
  readonly subject: string
  readonly action: 'create' | 'change' | 'unchanged' | 'retire' | 'refused'
  /** What changes, in a few words; why it is refused. */
  readonly detail: string
  /** Lines that differ from what is in force; empty for tables. */
  readonly diff: string
  /** Does it. Not there where nothing is to be done. */
  readonly take: ((deps: ApplyDeps, by: { readonly actor: string }) => Promise<Taken>) | null
}

/** `waiting`: it goes into force when somebody else has reviewed it. */
type Taken = 'applied' | 'waiting'

/** Says what applying a folder would change, tables first, since documents need their words. Nothing is changed. */
export async function planConfig(deps: ApplyDeps, input: ConfigInput): Promise<PlannedItem[]> {
  const known = input.files.flatMap((file) => {
    const subject = subjectOf(file.path)
    return subject === null ? [] : [{ file, subject }]
  })
  const tables: PlannedItem[] = []
  const documents: PlannedItem[] = []
  for (const { file, subject } of known) {
    if (subject.kind === 'table') tables.push(await planTable(deps, file, subject))
    else if (subject.kind === 'document') documents.push(await planDocument(deps, file, subject))
    else documents.push(refused(file.path, file.path, subject.reason))
  }
  const pruned = input.prune ? await planPrune(deps, input, known) : []
  return [...tables, ...documents, ...pruned]
}

function refused(path: string, subject: string, detail: string): PlannedItem {
  return { path, subject, action: 'refused', detail, diff: '', take: null }
}

async function planDocument(
  { pool, checkers }: ApplyDeps,
  { path, text }: ConfigFile,
  { documentKind: kind, name }: Extract<FileSubject, { kind: 'document' }>,
): Promise<PlannedItem> {
  const subject = `${kind} ${name}`
  const parsed = newDocument.safeParse({ kind, name, content: text })
  if (!parsed.success) {
    return refused(path, subject, parsed.error.issues.map(({ message }) => message).join('; '))
  }
  const { problems } = checkers[kind]({ name, content: text })
  if (problems.length > 0) {
    const lines = problems.map(({ line, path: field, message }) =>
      [line === null ? '' : `line ${line}`, field, message].filter(Boolean).join(': '),
    )
    return refused(path, subject, lines.join('; '))
  }
  const active = await findActive(pool, { kind, name })
  const known = { path, subject, diff: '' }
  if (active?.contentHash === hashOf(text)) {
    return { ...known, action: 'unchanged', detail: `version ${active.version}`, take: null }
  }
  const from = { title: active === null ? 'nothing' : `version ${active.version}` }
  return {
    ...known,
    action: active === null ? 'create' : 'change',
    detail: active === null ? 'not in force yet' : `version ${active.version} is in force`,
    diff: diffTexts({ ...from, text: active?.content ?? '' }, { title: path, text }),
    take: (deps, by) => putInForce(deps, { kind, name, content: text }, by),
  }
}

async function putInForce(
  deps: ApplyDeps,
  input: { readonly kind: DocumentKind; readonly name: string; readonly content: string },
  by: { readonly actor: string },
): Promise<Taken> {
  const { document } = await draftDocument(deps, input, by)
  const { documentId } = document
  const checked = await checkDocument(deps, { documentId }, by)
  if (checked.problems.length > 0) {
    throw new HubError('VALIDATION_FAILED', 'It does not pass its check any more.')
  }
  if (deps.fourEyes && checked.document.state === 'checked') return 'waiting'
  await activateDocument(deps, { documentId }, by)
  return 'applied'
}

async function planTable(
  { pool }: ApplyDeps,
  { path, text }: ConfigFile,
  { vocabulary, connectionId }: Extract<FileSubject, { kind: 'table' }>,
): Promise<PlannedItem> {
  const subject = `vocabulary ${vocabulary}${connectionId === null ? '' : ` of ${connectionId}`}`
  const table = { vocabulary, connectionId, csv: text }
  const plan = await planOrReason(() => planImport(pool, table))
  if (typeof plan === 'string') return refused(path, subject, plan)
  if (plan.refused.length > 0) {
    const lines = plan.refused.slice(0, 20).map(({ line, reason }) => `line ${line}: ${reason}`)
    return refused(path, subject, lines.join('; '))
  }
  const { added, changed, unchanged } = plan
  const isSame = added + changed === 0
  return {
    path,
    subject,
    action: isSame ? 'unchanged' : 'change',
    detail: `${added} added, ${changed} changed, ${unchanged} unchanged`,
    diff: '',
    take: isSame ? null : (deps, by) => importWords(deps, table, by).then(() => 'applied'),
  }
}

/** A plan, or why there is none: a table that cannot be read is the fault of its file alone. */
async function planOrReason<T>(plan: () => Promise<T>): Promise<T | string> {
  try {
    return await plan()
  } catch (error) {
    if (error instanceof HubError && error.status < 500) return error.message
    throw error
  }
}

type Known = { readonly file: ConfigFile; readonly subject: FileSubject }

const kindOfFolder = {
  mappings: 'mapping',
  policies: 'policy',
  templates: 'template',
} as const

async function planPrune(
  { pool }: ApplyDeps,
  { folders }: ConfigInput,
  known: readonly Known[],
): Promise<PlannedItem[]> {
  const items: PlannedItem[] = []
  for (const folder of folders) {
    if (folder === 'vocabularies') items.push(...(await planWordPrune(pool, known)))
    else items.push(...(await planDocumentPrune(pool, kindOfFolder[folder], known)))
  }
  return items
}

async function planDocumentPrune(
  db: Queryable,
  kind: DocumentKind,
  known: readonly Known[],
): Promise<PlannedItem[]> {
  const names = new Set(
    known.flatMap(({ subject }) =>
      subject.kind === 'document' && subject.documentKind === kind ? [subject.name] : [],
    ),
  )
  const active = await listActiveDocuments(db, kind)
  return active.filter(({ name }) => !names.has(name)).map(retirementOf)
}

function retirementOf({ documentId, kind, name, version, revision }: StoredDocument): PlannedItem {
  const step = { documentId, expectedRevision: revision }
  return {
    path: null,
    subject: `${kind} ${name}`,
    action: 'retire',
    detail: `version ${version} is in force, and there is no file`,
    diff: '',
    take: (deps, by) => retireDocument(deps, step, by).then(() => 'applied'),
  }
}

/** Words that stand in no table. A vocabulary with a table that cannot be read keeps all of its words. */
async function planWordPrune(db: Queryable, known: readonly Known[]): Promise<PlannedItem[]> {
  const items: PlannedItem[] = []
  for (const vocabulary of vocabularyNames) {
    const named = await planOrReason(async () => namesIn(known, vocabulary))
    if (typeof named === 'string') continue
    const gone = await entriesBeside(db, vocabulary, named)
    if (gone.length === 0) continue
    items.push({
      path: null,
      subject: `vocabulary ${vocabulary}`,
      action: 'retire',
      detail: `${gone.length} words stand in no table`,
      diff: '',
      take: (deps, by) =>
        setEntries(deps, { vocabulary, entries: [], remove: gone }, by).then(() => 'applied'),
    })
  }
  return items
}

function namesIn(known: readonly Known[], vocabulary: string): Set<string> {
  return new Set(
    known.flatMap(({ file, subject }) => {
      if (subject.kind !== 'table' || subject.vocabulary !== vocabulary) return []
      return readCsv(file.text, subject).map(({ entry }) => {
        const { connectionId = null, company = null, sourceValue, validFrom = null } = entry
        const from = validFrom === null ? null : Date.parse(validFrom)
        return JSON.stringify([connectionId, company, wordKey(sourceValue), from])
      })
    }),
  )
}

const rowsPerPage = 2_000

/** Ids of the entries that are not among those named. */
async function entriesBeside(
  db: Queryable,
  vocabulary: string,
  named: ReadonlySet<string>,
): Promise<string[]> {
  const gone: string[] = []
  let after: EntryPlace | undefined
  do {
    const page = await listEntries(db, { vocabulary, after, limit: rowsPerPage })
    gone.push(...page.filter((entry) => !named.has(nameOf(entry))).map(({ entryId }) => entryId))
    after = page.length < rowsPerPage ? undefined : page.at(-1)
  } while (after !== undefined)
  return gone
}

function nameOf({ connectionId, company, sourceKey, validFrom }: VocabularyEntry): string {
  return JSON.stringify([connectionId, company, sourceKey, validFrom?.getTime() ?? null])
}
