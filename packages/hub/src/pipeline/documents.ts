import { boundedText, connectionId, freeText } from '@backhaul/sdk/canonical'
import { createTwoFilesPatch } from 'diff'
import { z } from 'zod'
import { sha256 } from '../platform/crypto/hash.ts'
import { HubError } from '../platform/errors.ts'
import { type Pool, type Tx, withTransaction } from '../store/database.ts'
import * as store from '../store/documents.ts'
import { retryUnread } from '../store/parked.ts'
import type { RecordAudit } from './audit-recorder.ts'
import type { DocumentCheckers, DocumentProblem } from './document-check.ts'
import { recordTopic } from './message.ts'

export interface DocumentDeps {
  readonly pool: Pool
  readonly record: RecordAudit
  readonly checkers: DocumentCheckers
  /** Whether somebody else than its author has to have reviewed what is activated. */
  readonly fourEyes: boolean
  /** Lets this process see a change of what is in force at once. Never fails. */
  readonly afterChange: () => Promise<unknown>
}

interface By {
  readonly actor: string
}

/** One step of one version. */
export interface DocumentStep {
  readonly documentId: string
  /** The revision that the version was read with: somebody else's step meanwhile is a conflict. */
  readonly expectedRevision?: number | undefined
}

/** Characters of a document, at most. */
export const maxContent = 500_000

/**
 * A mapping is called `<connection>/<topic or command>`, a template `<connection>/<name>.<language>`, a policy by a
 * word of its own.
 */
export const documentName = boundedText(200).regex(
  /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)?$/,
  'must be lower-case words of letters, digits, dots, underscores and hyphens, with one slash at most',
)

/** A version that is to be made. */
export const newDocument = z
  .strictObject({
    kind: z.enum(store.documentKinds),
    name: documentName,
    content: freeText(maxContent).min(1).describe('YAML.'),
    note: freeText(2000).optional().describe('Why it is changed, for whoever reviews it.'),
  })
  .refine(({ kind, name }) => isNameOf(kind, name), {
    path: ['name'],
    message:
      'a mapping is called <connection>/<topic>, a template <connection>/<name>.<language>, a policy by one word',
  })
export type NewDocument = z.input<typeof newDocument>

function isNameOf(kind: store.DocumentKind, name: string): boolean {
  const [first = '', second] = name.split('/', 2)
  if (kind === 'policy') return second === undefined
  return second !== undefined && connectionId.safeParse(first).success
}

/** A version, and whether it was made now. */
export interface Drafted {
  readonly document: store.StoredDocument
  readonly isNew: boolean
}

/**
 * Keeps a new version as a draft. The same content as the newest version, unless that one is retired, makes
 * no new one.
 *
 * @throws {HubError} VALIDATION_FAILED.
 */
export async function draftDocument(
  deps: Pick<DocumentDeps, 'pool' | 'record'>,
  input: NewDocument,
  { actor }: By,
): Promise<Drafted> {
  const { kind, name, content, note = null } = parseNew(input)
  const contentHash = hashOf(content)
  return withTransaction(deps.pool, async (tx) => {
    await store.lockDocumentName(tx, { kind, name })
    const latest = await store.findVersion(tx, { kind, name })
    if (latest !== null && latest.state !== 'retired' && latest.contentHash === contentHash) {
      return { document: latest, isNew: false }
    }
    const version = (latest?.version ?? 0) + 1
    const made = { kind, name, version, content, contentHash, note, createdBy: actor }
    const document = await store.insertDocument(tx, made)
    await deps.record(tx, [entryOf('document.drafted', document, { actor })])
    return { document, isNew: true }
  })
}

function parseNew(input: NewDocument): z.output<typeof newDocument> {
  const parsed = newDocument.safeParse(input)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ code, path, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(''),
    code,
    message,
  }))
  throw new HubError('VALIDATION_FAILED', 'It cannot be kept as a document.', { problems })
}

/** The digest by which contents are compared: SHA-256 of the UTF-8 bytes, base64. */
export function hashOf(content: string): string {
  return sha256(content).toString('base64')
}

/** What a check found. */
export interface DocumentCheck {
  readonly document: store.StoredDocument
  /** None: the version is checked now. */
  readonly problems: readonly DocumentProblem[]
}

/**
 * Checks a draft. One that has problems stays a draft; one that was checked before is checked again, and
 * stays what it is.
 *
 * @throws {HubError} NOT_FOUND, PRECONDITION_FAILED.
 */
export function checkDocument(
  deps: DocumentDeps,
  step: DocumentStep,
  { actor }: By,
): Promise<DocumentCheck> {
  return withDocument(deps, step, async (tx, document) => {
    const { problems } = deps.checkers[document.kind](document)
    const passes = problems.length === 0 && document.state === 'draft'
    const after = passes
      ? await store.markChecked(tx, { documentId: document.documentId, by: actor })
      : document
    const found = { actor, problems: problems.length }
    await deps.record(tx, [entryOf('document.checked', document, found)])
    return { document: after, problems }
  })
}

/**
 * Says that a person has looked at a checked version.
 *
 * @throws {HubError} NOT_FOUND, PRECONDITION_FAILED; CONFLICT unless it is checked; FORBIDDEN for its
 *   author where four eyes are asked for.
 */
export function reviewDocument(
  deps: DocumentDeps,
  step: DocumentStep,
  { actor }: By,
): Promise<store.StoredDocument> {
  return withDocument(deps, step, async (tx, document) => {
    refuseUnless(document, ['checked'], 'reviewed')
    if (deps.fourEyes && document.createdBy === actor) {
      throw new HubError('FORBIDDEN', 'Somebody else than its author has to review it.')
    }
    const reviewed = await store.markReviewed(tx, { documentId: document.documentId, by: actor })
    await deps.record(tx, [entryOf('document.reviewed', document, { actor })])
    return reviewed
  })
}

/**
 * Puts a version in force, in place of the one that is. It is checked once more: what a check looks for may
 * have changed since.
 *
 * @throws {HubError} NOT_FOUND, PRECONDITION_FAILED; CONFLICT unless it is checked, or, where four eyes are
 *   asked for, reviewed; VALIDATION_FAILED with what is wrong now.
 */
export async function activateDocument(
  deps: DocumentDeps,
  step: DocumentStep,
  { actor }: By,
): Promise<store.StoredDocument> {
  const active = await withDocument(deps, step, async (tx, document) => {
    // Saying it twice changes nothing.
    if (document.state === 'active') return document
    refuseUnless(document, deps.fourEyes ? ['reviewed'] : ['checked', 'reviewed'], 'activated')
    refuseProblems(deps, document)
    const { documentId } = document
    const before = await store.findActive(tx, document)
    if (before !== null) {
      await store.markRetired(tx, { documentId: before.documentId, by: actor })
    }
    const replaces = before?.version ?? null
    const activated = await store.markActive(tx, { documentId, by: actor, replaces })
    const retried = await retryReading(tx, document)
    await deps.record(tx, [entryOf('document.activated', document, { actor, replaces, retried })])
    return activated
  })
  await deps.afterChange()
  return active
}

/**
 * Takes a version out of force, or sets a draft aside.
 *
 * @throws {HubError} NOT_FOUND, PRECONDITION_FAILED.
 */
export async function retireDocument(
  deps: DocumentDeps,
  step: DocumentStep,
  { actor }: By,
): Promise<store.StoredDocument> {
  const retired = await withDocument(deps, step, async (tx, document) => {
    if (document.state === 'retired') return document
    const after = await store.markRetired(tx, { documentId: document.documentId, by: actor })
    await deps.record(tx, [entryOf('document.retired', document, { actor, from: document.state })])
    return after
  })
  await deps.afterChange()
  return retired
}

/**
 * Retires the active version, and puts the one in force again that it had replaced. Repeated, it goes back
 * one version more each time.
 *
 * @returns the version that is in force now.
 * @throws {HubError} NOT_FOUND, PRECONDITION_FAILED; CONFLICT unless the version is active and has replaced
 *   another one; VALIDATION_FAILED where that one does not pass the check any more.
 */
export async function rollBackDocument(
  deps: DocumentDeps,
  step: DocumentStep,
  { actor }: By,
): Promise<store.StoredDocument> {
  const restored = await withDocument(deps, step, async (tx, document) => {
    refuseUnless(document, ['active'], 'rolled back')
    const { kind, name, replaces, documentId } = document
    const before =
      replaces === null ? null : await store.findVersion(tx, { kind, name, version: replaces })
    if (before === null) {
      throw new HubError('CONFLICT', 'No version was active before this one. Retire it instead.')
    }
    refuseProblems(deps, before)
    await store.markRetired(tx, { documentId, by: actor })
    const active = await store.markActive(tx, { documentId: before.documentId, by: actor })
    const retried = await retryReading(tx, before)
    const to = before.version
    await deps.record(tx, [entryOf('document.rolled_back', document, { actor, to, retried })])
    return active
  })
  await deps.afterChange()
  return restored
}

/** What only a document could not read, and another one may. Words are waited for by themselves. */
const unread: readonly string[] = ['NO_MAPPING', 'IT03', 'MD02']

/** Messages that waited for a document of their topic, or a better one, are read by this one. */
async function retryReading(
  tx: Tx,
  { kind, name }: Pick<store.StoredDocument, 'kind' | 'name'>,
): Promise<number> {
  const slash = name.indexOf('/')
  if (kind !== 'mapping' || slash < 0) return 0
  const topic = name.slice(slash + 1)
  const topics = [topic, recordTopic(topic)]
  return retryUnread(tx, { connectionId: name.slice(0, slash), topics, codes: unread })
}

/** Edits that two versions are apart at most, until they are shown as one replaced by the other. */
const maxEdits = 2_000

/** The lines that differ between two versions, as a unified diff; empty where none does. */
export function diffDocuments(from: store.StoredDocument, to: store.StoredDocument): string {
  return diffTexts(
    { title: titleOf(from), text: from.content },
    { title: titleOf(to), text: to.content },
  )
}

/** As `diffDocuments`, for texts. */
export function diffTexts(
  from: { readonly title: string; readonly text: string },
  to: { readonly title: string; readonly text: string },
): string {
  if (from.text === to.text) return ''
  const options = { context: 3, maxEditLength: maxEdits }
  const patch = createTwoFilesPatch(
    from.title,
    to.title,
    from.text,
    to.text,
    undefined,
    undefined,
    options,
  )
  // Beyond that a diff takes seconds, and nobody reads it.
  return (
    patch ?? `--- ${from.title}\n+++ ${to.title}\nThey differ in more than ${maxEdits} lines.\n`
  )
}

function titleOf({ kind, name, version }: store.DocumentRecord): string {
  return `${kind} ${name} version ${version}`
}

/** Does a step in a transaction that holds the document, all versions of it, against others. */
function withDocument<T>(
  { pool }: Pick<DocumentDeps, 'pool'>,
  { documentId, expectedRevision }: DocumentStep,
  work: (tx: Tx, document: store.StoredDocument) => Promise<T>,
): Promise<T> {
  return withTransaction(pool, async (tx) => {
    await store.lockDocumentName(tx, await store.getDocument(tx, documentId))
    const document = await store.getDocument(tx, documentId)
    if (expectedRevision !== undefined && document.revision !== expectedRevision) {
      throw new HubError('PRECONDITION_FAILED', `The ${titleOf(document)} has been changed.`)
    }
    return work(tx, document)
  })
}

function refuseUnless(
  document: store.DocumentRecord,
  states: readonly store.DocumentState[],
  done: string,
): void {
  if (states.includes(document.state)) return
  const message = `The ${titleOf(document)} is ${document.state}: only one that is ${states.join(' or ')} can be ${done}.`
  throw new HubError('CONFLICT', message, { details: { state: document.state } })
}

function refuseProblems({ checkers }: DocumentDeps, document: store.StoredDocument): void {
  const { problems } = checkers[document.kind](document)
  if (problems.length === 0) return
  throw new HubError('VALIDATION_FAILED', `The ${titleOf(document)} does not pass its check.`, {
    problems: problems.slice(0, 50).map(({ line, path, message }) => ({
      pointer: path,
      code: 'document_invalid',
      message: line === null ? message : `line ${line}: ${message}`,
    })),
  })
}

function entryOf(
  action: string,
  { documentId, kind, name, version, contentHash }: store.DocumentRecord,
  { actor, ...more }: By & Readonly<Record<string, unknown>>,
) {
  const detail = { kind, name, version, contentHash, ...more }
  return { actor, action, objectType: 'document', objectId: documentId, detail }
}
