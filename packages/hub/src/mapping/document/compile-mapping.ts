import { type CompiledEvent, compileEvent } from './compile-event.ts'
import { type Answer, type CompiledRequest, compileRequest } from './compile-request.ts'
import type { CompiledExpression } from './compiler.ts'
import { Compiler } from './compiler.ts'
import type { InboundDocument, MappingDocument, OutboundDocument } from './mapping-document.ts'
import { parsePath, pathReader } from './path.ts'
import { inboundRoots } from './roots.ts'
import type { DocumentProblem } from './yaml-tree.ts'

/** An inbound document, ready to read messages. */
export interface InboundMapping {
  readonly direction: 'inbound'
  readonly document: InboundDocument
  /** Reads the list of records out of a payload; null where the payload is one record. */
  readonly records: ((payload: unknown) => unknown) | null
  /** Keys that lead to the list of records. */
  readonly recordsPath: readonly (string | number)[]
  readonly groupBy: CompiledExpression | null
  readonly id: CompiledExpression | null
  readonly events: readonly CompiledEvent[]
  /** Whether events read `source`, so that a record has to bring the rest of its file along. */
  readonly usesSource: boolean
  /** Whether anything but bare paths is in it. */
  readonly usesLanguage: boolean
}

/** An outbound document, ready to say commands. */
export interface OutboundMapping {
  readonly direction: 'outbound'
  readonly document: OutboundDocument
  readonly request: CompiledRequest
  readonly answer: Answer | null
}

export type CompiledMapping = InboundMapping | OutboundMapping

type Compilation<M> =
  | { readonly ok: true; readonly mapping: M }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] }

/**
 * Compiles every expression of a document once, and holds its events against the canonical contracts as far
 * as that is possible without a message. All problems at once, each with its place in the YAML. Never throws.
 */
export function compileMapping(document: InboundDocument): Compilation<InboundMapping>
export function compileMapping(document: OutboundDocument): Compilation<OutboundMapping>
export function compileMapping(document: MappingDocument): Compilation<CompiledMapping>
export function compileMapping(document: MappingDocument): Compilation<CompiledMapping> {
  const compiler = new Compiler(document.constants)
  const mapping =
    document.direction === 'inbound'
      ? compileInbound(compiler, document)
      : compileOutbound(compiler, document)
  const { problems } = compiler
  return problems.length > 0 ? { ok: false, problems } : { ok: true, mapping }
}

function compileInbound(compiler: Compiler, document: InboundDocument): InboundMapping {
  const { records, groupBy, id } = document.source
  const steps = records && parsePath(records.text)
  if (records && !steps) {
    compiler.problem(records, 'must be a bare path into the payload, such as rows or data.returns')
  }
  if (groupBy && !records) {
    compiler.problem(groupBy, 'groups the records of a list, and source.records names none')
  }
  // A path begins at a variable: here that is the payload.
  const read = steps ? pathReader(['payload', ...steps]) : null
  const names = ['record', 'row', 'constants']
  const rules = {
    groupBy: groupBy && compiler.expression(groupBy, names),
    id: id && compiler.expression(id, names),
  }
  const events = document.events.map((rule, index) =>
    compileEvent(compiler, rule, { index, names: inboundRoots }),
  )
  return {
    direction: 'inbound',
    document,
    records: read && ((payload) => read({ payload })),
    recordsPath: steps ?? [],
    ...rules,
    events,
    usesSource: compiler.used.has('source'),
    usesLanguage: compiler.usesLanguage,
  }
}

function compileOutbound(compiler: Compiler, document: OutboundDocument): OutboundMapping {
  const { request, answer } = compileRequest(compiler, document)
  return { direction: 'outbound', document, request, answer }
}
