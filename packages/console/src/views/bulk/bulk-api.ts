import {
  array,
  boolean,
  type infer as Infer,
  nullable,
  number,
  object,
  enum as oneOf,
  string,
} from 'zod/mini'
import { fetchBody } from '../../api/client.ts'

export const itemStates = ['waiting', 'working', 'done', 'failed', 'excluded', 'canceled'] as const
export type ItemState = (typeof itemStates)[number]

const operation = object({
  id: string(),
  kind: string(),
  state: oneOf(['planned', 'running', 'canceling', 'canceled', 'done']),
  actor: string(),
  isCut: boolean(),
  total: number(),
  excluded: number(),
  done: number(),
  failed: number(),
  createdAt: string(),
  startedAt: nullable(string()),
  endedAt: nullable(string()),
})
const operations = object({ data: array(operation), next_cursor: nullable(string()) })
const items = object({
  data: array(
    object({
      itemNo: number(),
      label: string(),
      state: oneOf(itemStates),
      code: nullable(string()),
      detail: nullable(string()),
    }),
  ),
  next_cursor: nullable(string()),
})

/** An action on many things, and how far it has come. */
export type Operation = Infer<typeof operation>
export type OperationItem = Infer<typeof items>['data'][number]

/** What is asked for: the body of `POST /api/v1/operations`. */
export interface BulkRequest {
  readonly kind: string
  readonly filter?: object
  readonly ids?: readonly string[]
  readonly reason?: string
  readonly owner?: string | null
}

const base = '/api/v1/operations'
const pageSize = 100

/** Says what would be done to everything that fits. Nothing is done. */
export function planOperation(body: BulkRequest): Promise<Operation> {
  return fetchBody(base, operation, { method: 'POST', body })
}

/** @param count - how many things it is about: what cannot be taken back needs it said. */
export function startOperation(id: string, count: number): Promise<Operation> {
  return fetchBody(`${base}/${id}/start`, operation, { method: 'POST', body: { count } })
}

export function cancelOperation(id: string): Promise<Operation> {
  return fetchBody(`${base}/${id}/cancel`, operation, { method: 'POST' })
}

export function readOperation(id: string, signal: AbortSignal): Promise<Operation> {
  return fetchBody(`${base}/${encodeURIComponent(id)}`, operation, { signal })
}

export function listOperations(cursor: string | undefined, signal: AbortSignal) {
  return fetchBody(base, operations, { query: { limit: pageSize, cursor }, signal })
}

export function listItems(
  id: string,
  page: {
    readonly state?: ItemState | undefined
    readonly cursor?: string | undefined
    readonly limit?: number
  },
  signal: AbortSignal,
) {
  const { state, cursor, limit = pageSize } = page
  const path = `${base}/${encodeURIComponent(id)}/items`
  return fetchBody(path, items, { query: { state, cursor, limit }, signal })
}

/** Where the report of an operation lies as a table. */
export function reportAddress(id: string): string {
  return `${base}/${encodeURIComponent(id)}/items.csv`
}
