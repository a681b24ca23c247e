import type { MappingRun } from '../run.ts'
import { compileField, compileObject, type Make, type Pointer } from './compile-field.ts'
import type { Compiler } from './compiler.ts'
import type { Field, ObjectField, OutboundDocument } from './mapping-document.ts'
import { NoValue } from './no-value.ts'
import type { Scope } from './path.ts'
import { answerRoots, outboundRoots } from './roots.ts'

export interface CompiledRequest {
  readonly method: Make
  readonly path: Make
  readonly query: Make | null
  readonly headers: Make | null
  readonly body: Make | null
}

/** Reads the id that a system gave out of its answer; null where there is none. Never throws. */
export type Answer = (response: unknown, run: MappingRun) => string | null

/** Headers that the connection sets, or that say how the request is sent. */
const ownHeaders: ReadonlySet<string> = new Set(
  'authorization connection content-length content-type cookie expect host keep-alive proxy-authorization te trailer transfer-encoding upgrade'.split(
    ' ',
  ),
)
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/

export function compileRequest(
  compiler: Compiler,
  document: OutboundDocument,
): { readonly request: CompiledRequest; readonly answer: Answer | null } {
  const { request, body } = document
  if (request.headers) checkHeaders(compiler, request.headers)
  const names = outboundRoots
  const field = (one: Field, pointer: Pointer) =>
    compileField(compiler, one, { names, pointer, contract: null, isWhole: true }).make
  const group = (one: ObjectField | null, name: string) =>
    one && compileObject(compiler, one, { names, pointer: ['request', name], contract: null }).make
  return {
    request: {
      method: field(request.method, ['request', 'method']),
      path: field(request.path, ['request', 'path']),
      query: group(request.query, 'query'),
      headers: group(request.headers, 'headers'),
      body: body && field(body, ['body']),
    },
    answer: compileAnswer(compiler, document),
  }
}

function checkHeaders(compiler: Compiler, headers: ObjectField): void {
  for (const { name, field } of headers.fields) {
    const spot = field.kind === 'expression' ? field.expression : field
    if (!headerName.test(name)) compiler.problem(spot, `${name} is no name of a header`)
    else if (ownHeaders.has(name.toLowerCase())) {
      compiler.problem(spot, `the header ${name} is set by the connection`)
    }
  }
}

function compileAnswer(compiler: Compiler, { answer }: OutboundDocument): Answer | null {
  const externalId = answer && compiler.expression(answer.externalId, answerRoots)
  if (!externalId) return null
  return (response, run) => {
    const scope: Scope = { response: response ?? null }
    const value = externalId.read(scope, run)
    if (value instanceof NoValue) return null
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' && text !== '' ? text.slice(0, 200) : null
  }
}
