import { HubError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { type Queryable, sqlState, type Tx } from './database.ts'

/** What a document can be: how messages are read, how requests are decided on, or what customers are told. */
export const documentKinds = ['mapping', 'policy', 'template'] as const
export type DocumentKind = (typeof documentKinds)[number]

export const documentStates = ['draft', 'checked', 'reviewed', 'active', 'retired'] as const
export type DocumentState = (typeof documentStates)[number]

/** A version of a document, without its content. */
export interface DocumentRecord {
  readonly documentId: string
  readonly kind: DocumentKind
  readonly name: string
  /** From 1 for each kind and name. */
  readonly version: number
  readonly state: DocumentState
  /** Grows by one with every change of the state. */
  readonly revision: number
  /** SHA-256 of the content, base64. */
  readonly contentHash: string
  readonly sizeBytes: number
  readonly note: string | null
  /** The version that was active when this one became so; null where there was none. */
  readonly replaces: number | null
  readonly createdBy: string
  readonly createdAt: Date
  readonly checkedBy: string | null
  readonly checkedAt: Date | null
  readonly reviewedBy: string | null
  readonly reviewedAt: Date | null
  readonly activatedBy: string | null
  readonly activatedAt: Date | null
  readonly retiredBy: string | null
  readonly retiredAt: Date | null
}

/** A version of a document, whole. */
export interface StoredDocument extends DocumentRecord {
  readonly content: string
}

/** Which document is meant, whatever its version. */
export interface DocumentName {
  readonly kind: DocumentKind
  readonly name: string
}

const recordColumns = `document_id as "documentId", kind, name, version, state, revision,
  encode(content_hash, 'base64') as "contentHash", octet_length(content) as "sizeBytes", note, replaces,
  created_by as "createdBy", created_at as "createdAt", checked_by as "checkedBy", checked_at as "checkedAt",
  reviewed_by as "reviewedBy", reviewed_at as "reviewedAt", activated_by as "activatedBy",
  activated_at as "activatedAt", retired_by as "retiredBy", retired_at as "retiredAt"`
const columns = `${recordColumns}, content`

const uniqueViolation = '23505'

/** @throws {HubError} CONFLICT when somebody else has just made this version. */
export async function insertDocument(
  tx: Tx,
  document: DocumentName &
    Pick<StoredDocument, 'version' | 'content' | 'contentHash' | 'note' | 'createdBy'>,
): Promise<StoredDocument> {
  const { kind, name, version, content, contentHash, note, createdBy } = document
  try {
    const { rows } = await tx.query<StoredDocument>(
      `insert into document (document_id, kind, name, version, state, content, content_hash, note, created_by)
       values ($1, $2, $3, $4, 'draft', $5, decode($6, 'base64'), $7, $8)
       returning ${columns}`,
      [newId(), kind, name, version, content, contentHash, note, createdBy],
    )
    return only(rows)
  } catch (error) {
    if (sqlState(error) !== uniqueViolation) throw error
    throw new HubError('CONFLICT', `There is a version ${version} of ${name} already.`)
  }
}

/** @throws {HubError} NOT_FOUND. */
export async function getDocument(db: Queryable, documentId: string): Promise<StoredDocument> {
  const { rows } = await db.query<StoredDocument>(
    `select ${columns} from document where document_id = $1`,
    [documentId],
  )
  return only(rows)
}

/** A version of a document by its number; the newest one where there is none. */
export async function findVersion(
  db: Queryable,
  { kind, name, version }: DocumentName & { readonly version?: number | undefined },
): Promise<StoredDocument | null> {
  const { rows } = await db.query<StoredDocument>(
    `select ${columns} from document
     where kind = $1 and name = $2 and version <= coalesce($3, 2147483647)
       and ($3::int is null or version = $3)
     order by version desc limit 1`,
    [kind, name, version ?? null],
  )
  return rows[0] ?? null
}

export async function findActive(
  db: Queryable,
  { kind, name }: DocumentName,
): Promise<StoredDocument | null> {
  const { rows } = await db.query<StoredDocument>(
    `select ${columns} from document where kind = $1 and name = $2 and state = 'active'`,
    [kind, name],
  )
  return rows[0] ?? null
}

/** Documents take turns here: whoever changes a version of one holds it against changes of the others. */
export async function lockDocumentName(tx: Tx, { kind, name }: DocumentName): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, $2))', [
    `${kind}\n${name}`,
    nameLock,
  ])
}

const nameLock = 727_484_003

/** A document: its newest version, and the number of the active one. */
export interface DocumentSummary extends DocumentRecord {
  readonly activeVersion: number | null
}

/** Documents by kind and name, after the one given. */
export async function listDocuments(
  db: Queryable,
  page: {
    readonly kind?: DocumentKind | undefined
    readonly state?: DocumentState | undefined
    /** This one alone. */
    readonly name?: string | undefined
    readonly after?: { readonly kind: string; readonly name: string } | undefined
    readonly limit: number
  },
): Promise<DocumentSummary[]> {
  const { kind, state, name, after = { kind: '', name: '' }, limit } = page
  const { rows } = await db.query<DocumentSummary>(
    `select ${recordColumns},
       (select a.version from document a where a.kind = d.kind and a.name = d.name and a.state = 'active') as "activeVersion"
     from (select distinct on (kind, name) * from document
           where (kind, name) > ($1, $2) and ($3::text is null or kind = $3)
             and ($4::text is null or state = $4) and ($6::text is null or name = $6)
           order by kind, name, version desc limit $5) d
     order by kind, name`,
    [after.kind, after.name, kind ?? null, state ?? null, limit, name ?? null],
  )
  return rows
}

/** The versions of a document, the newest first, before the version given. */
export async function listVersions(
  db: Queryable,
  {
    kind,
    name,
    before,
    limit,
  }: DocumentName & { readonly before?: number | undefined; readonly limit: number },
): Promise<DocumentRecord[]> {
  const { rows } = await db.query<DocumentRecord>(
    `select ${recordColumns} from document
     where kind = $1 and name = $2 and version < coalesce($3, 2147483647) order by version desc limit $4`,
    [kind, name, before ?? null, limit],
  )
  return rows
}

/** A step of a version: the state that it leads to, and whose it is. */
interface Step {
  readonly documentId: string
  readonly by: string
}

export function markChecked(tx: Tx, step: Step): Promise<StoredDocument> {
  return mark(tx, step, `state = 'checked', checked_by = $2, checked_at = now()`)
}

export function markReviewed(tx: Tx, step: Step): Promise<StoredDocument> {
  return mark(tx, step, `state = 'reviewed', reviewed_by = $2, reviewed_at = now()`)
}

export function markRetired(tx: Tx, step: Step): Promise<StoredDocument> {
  return mark(tx, step, `state = 'retired', retired_by = $2, retired_at = now()`)
}

/**
 * Makes a version the active one. Retire the one before it first.
 *
 * @param step.replaces - that one, where the step leads on; undefined keeps what the version knows, where
 *   it leads back.
 */
export async function markActive(
  tx: Tx,
  { replaces, ...step }: Step & { readonly replaces?: number | null | undefined },
): Promise<StoredDocument> {
  const change = `state = 'active', activated_by = $2, activated_at = now(), retired_by = null, retired_at = null`
  if (replaces === undefined) return mark(tx, step, change)
  const { rows } = await tx.query<StoredDocument>(
    `update document set ${change}, replaces = $3, revision = revision + 1 where document_id = $1 returning ${columns}`,
    [step.documentId, step.by, replaces],
  )
  return only(rows)
}

async function mark(tx: Tx, { documentId, by }: Step, change: string): Promise<StoredDocument> {
  const { rows } = await tx.query<StoredDocument>(
    `update document set ${change}, revision = revision + 1 where document_id = $1 returning ${columns}`,
    [documentId, by],
  )
  return only(rows)
}

/** What is in force: of every document with an active version, that version. */
export async function listActiveDocuments(
  db: Queryable,
  kind: DocumentKind,
): Promise<StoredDocument[]> {
  const { rows } = await db.query<StoredDocument>(
    `select ${columns} from document where kind = $1 and state = 'active' order by name`,
    [kind],
  )
  return rows
}

function only(rows: readonly StoredDocument[]): StoredDocument {
  const [row] = rows
  if (row === undefined) throw new HubError('NOT_FOUND', 'There is no such document.')
  return row
}
