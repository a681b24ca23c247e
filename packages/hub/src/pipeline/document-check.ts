import type { Connections } from '../connect/connections.ts'
import { checkTemplate } from '../connect/templates.ts'
import { compilePolicyText } from '../domain/index.ts'
import { compileMapping } from '../mapping/document/compile-mapping.ts'
import { parseMapping } from '../mapping/document/parse-mapping.ts'
import type { DocumentKind } from '../store/documents.ts'

/** Something that is wrong with a document, where it can be found. */
export interface DocumentProblem {
  /** From 1; null where it is about the document as a whole. */
  readonly line: number | null
  readonly column: number | null
  /** The field, such as `events[0].data.reason`; empty for the whole. */
  readonly path: string
  readonly message: string
}

/** Says what is wrong with a document. Total: no clock, no I/O, never throws. */
type DocumentChecker = (document: { readonly name: string; readonly content: string }) => {
  readonly problems: readonly DocumentProblem[]
}

export type DocumentCheckers = Readonly<Record<DocumentKind, DocumentChecker>>

/** The checkers of this product. What is wrong with a template, its connection knows. */
export function documentCheckers(connections: Pick<Connections, 'get'>): DocumentCheckers {
  return {
    mapping: checkMapping,
    policy: checkPolicy,
    template: (document) => ({ problems: checkTemplate(connections, document) }),
  }
}

function checkMapping({ content }: { readonly content: string }): ReturnType<DocumentChecker> {
  const parsed = parseMapping(content)
  if (!parsed.ok) return { problems: parsed.problems }
  const compiled = compileMapping(parsed.document)
  return { problems: compiled.ok ? [] : compiled.problems }
}

function checkPolicy({ content }: { readonly content: string }): ReturnType<DocumentChecker> {
  const compiled = compilePolicyText(content, { version: 0 })
  return { problems: compiled.ok ? [] : compiled.problems }
}
