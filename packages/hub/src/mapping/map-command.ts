import type { EventProblem } from '@backhaul/sdk/canonical'
import type { MappedRequest } from '@backhaul/sdk/connector'
import type { Make } from './document/compile-field.ts'
import type { OutboundMapping } from './document/compile-mapping.ts'
import { encode } from './formats/encode.ts'
import type { UnmappedValue, UnreadableCode } from './reading.ts'
import { MappingRun } from './run.ts'
import type { Words } from './words.ts'

/** A command, with the keys of its envelope. */
export interface CommandToMap {
  readonly type: string
  readonly caseId: string
  readonly caseNo: string
  readonly caseVersion: number
  readonly occurredAt: string
  readonly idempotencyKey: string
  readonly body: unknown
}

export type MappedCommand =
  | {
      readonly ok: true
      readonly request: MappedRequest
      /** Reads the id that the system gave out of its JSON answer; null for none. Never throws. */
      readonly answer?: (response: unknown) => string | null
    }
  | {
      readonly ok: false
      readonly code: UnreadableCode
      readonly problems: readonly EventProblem[]
      readonly unmapped: readonly UnmappedValue[]
    }

const methods: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
const pathLength = 2_000
const valueLength = 4_000

/** Says a command in the words of a system, by a mapping document. Never throws. */
export function mapCommand(
  mapping: OutboundMapping,
  given: {
    readonly command: CommandToMap
    readonly connectionId: string
    readonly words: Words
    /** ISO 8601. */
    readonly now: string
  },
): MappedCommand {
  const { command, connectionId, words, now: at } = given
  const wordScope = { connectionId, company: null, at }
  const run = new MappingRun({ words, isOutbound: true, wordScope, value: command })
  const scope = { command, constants: mapping.document.constants, index: 0 }
  const make = (one: Make | null) => one?.(scope, run)
  const { request } = mapping
  const method = checkMethod(run, make(request.method))
  const path = checkPath(run, make(request.path))
  const query = checkTexts(run, '/request/query', make(request.query))
  const headers = checkTexts(run, '/request/headers', make(request.headers))
  const body = make(request.body)
  if (run.faults > 0) return failed(run)
  const encoded = body === undefined ? null : encode(body, mapping.document.target)
  if (encoded && !encoded.ok) {
    run.problem('/body', encoded.problem.message)
    return failed(run)
  }
  const sent = { body: encoded?.body ?? null, contentType: encoded?.contentType ?? null }
  const { answer } = mapping
  return {
    ok: true,
    request: { method, path, query, headers, ...sent },
    ...(answer
      ? { answer: (response: unknown) => answer(response, answerRun(run, response)) }
      : {}),
  }
}

/** Reading an answer has a budget of its own. */
function answerRun({ words, wordScope }: MappingRun, response: unknown): MappingRun {
  return new MappingRun({ words, isOutbound: false, wordScope, value: response })
}

function failed(run: MappingRun): MappedCommand {
  return { ok: false, code: run.code, problems: run.problems, unmapped: run.unmapped }
}

function checkMethod(run: MappingRun, value: unknown): string {
  if (typeof value === 'string' && methods.has(value)) return value
  run.problem('/request/method', `must be one of ${[...methods].join(', ')}`)
  return ''
}

/** A value of the data must not lead to another address than the document means. */
function checkPath(run: MappingRun, value: unknown): string {
  const isPath =
    typeof value === 'string' &&
    value.length <= pathLength &&
    /^\/(?!\/)[\w\-./~!$&'()*+,;=:@%]*$/.test(value) &&
    !/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(value)
  if (isPath) return value
  run.problem('/request/path', 'must be a path without blanks, query and dots: use segment()')
  return ''
}

function checkTexts(
  run: MappingRun,
  pointer: string,
  value: unknown,
): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {}
  if (typeof value !== 'object' || value === null) return texts
  for (const [name, one] of Object.entries(value)) {
    const text = typeof one === 'number' || typeof one === 'boolean' ? String(one) : one
    const isFit =
      typeof text === 'string' && text.length <= valueLength && !/[\p{Cc}\p{Surrogate}]/u.test(text)
    if (isFit) texts[name] = text
    else run.problem(`${pointer}/${name}`, 'must be a text without control characters')
  }
  return texts
}
