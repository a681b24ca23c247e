import { z } from 'zod'
import type { DocumentProblem } from '../../pipeline/document-check.ts'
import {
  type DocumentRecord,
  type DocumentSummary,
  documentKinds,
  documentStates,
  type StoredDocument,
} from '../../store/documents.ts'
import { iso, isoOrNull, text, textOrNull, time, timeOrNull, uuid } from './common.ts'

const fields = {
  id: uuid,
  kind: z.enum(documentKinds),
  name: text,
  version: z.int().describe('From 1 for each kind and name.'),
  state: z.enum(documentStates),
  contentHash: text.describe('SHA-256 of the content, base64.'),
  sizeBytes: z.int(),
  note: textOrNull,
  replaces: z.int().nullable().describe('The version that was active when this one became so.'),
  createdBy: text,
  createdAt: time,
  checkedBy: textOrNull,
  checkedAt: timeOrNull,
  reviewedBy: textOrNull,
  reviewedAt: timeOrNull,
  activatedBy: textOrNull,
  activatedAt: timeOrNull,
  retiredBy: textOrNull,
  retiredAt: timeOrNull,
}

export const documentVersion = z
  .object(fields)
  .meta({ id: 'DocumentVersion', description: 'A version of a mapping or policy document.' })

export const document = z
  .object({ ...fields, content: text.describe('YAML.') })
  .meta({ id: 'Document', description: 'A version of a document, with its content.' })

export const documentSummary = z
  .object({ ...fields, activeVersion: z.int().nullable() })
  .meta({ id: 'DocumentSummary', description: 'The newest version of a document.' })

export const documentProblem = z
  .object({
    line: z.int().nullable().describe('From 1; null where it is about the whole.'),
    column: z.int().nullable(),
    path: text.describe('The field, such as events[0].data.reason.'),
    message: text,
  })
  .meta({ id: 'DocumentProblem', description: 'Something that is wrong with a document.' })

export const documentCheck = z
  .object({ document: documentVersion, problems: z.array(documentProblem) })
  .meta({ id: 'DocumentCheck', description: 'What a check found; nothing: it passed.' })

export const documentDiff = z
  .object({
    from: documentVersion.nullable().describe('null: there is nothing to compare with.'),
    to: documentVersion,
    diff: text.describe('Unified diff; empty where the contents are the same.'),
  })
  .meta({ id: 'DocumentDiff', description: 'What differs between two versions.' })

export function versionView(record: DocumentRecord): z.infer<typeof documentVersion> {
  return {
    id: record.documentId,
    kind: record.kind,
    name: record.name,
    version: record.version,
    state: record.state,
    contentHash: record.contentHash,
    sizeBytes: record.sizeBytes,
    note: record.note,
    replaces: record.replaces,
    createdBy: record.createdBy,
    createdAt: iso(record.createdAt),
    checkedBy: record.checkedBy,
    checkedAt: isoOrNull(record.checkedAt),
    reviewedBy: record.reviewedBy,
    reviewedAt: isoOrNull(record.reviewedAt),
    activatedBy: record.activatedBy,
    activatedAt: isoOrNull(record.activatedAt),
    retiredBy: record.retiredBy,
    retiredAt: isoOrNull(record.retiredAt),
  }
}

export function documentView(stored: StoredDocument): z.infer<typeof document> {
  return { ...versionView(stored), content: stored.content }
}

export function summaryView(summary: DocumentSummary): z.infer<typeof documentSummary> {
  return { ...versionView(summary), activeVersion: summary.activeVersion }
}

export function problemView({
  line,
  column,
  path,
  message,
}: DocumentProblem): z.infer<typeof documentProblem> {
  return { line, column, path, message }
}
