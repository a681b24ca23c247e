import { array, type infer as Infer, nullable, number, object, string } from 'zod/mini'
import { fetchBody, tell } from '../../api/client.ts'
import type { ExceptionSearch } from './exception-search.ts'

const one = object({
  id: string(),
  caseId: nullable(string()),
  caseNo: nullable(string()),
  key: string(),
  code: string(),
  title: string(),
  object: string(),
  severity: string(),
  queue: string(),
  owner: nullable(string()),
  state: string(),
  status: string(),
  detail: nullable(string()),
  openedAt: string(),
  dueAt: nullable(string()),
  resolvedAt: nullable(string()),
  action: nullable(string()),
  actions: array(string()),
  recurrences: number(),
  acknowledgedBy: nullable(string()),
  snoozedUntil: nullable(string()),
  connectionId: nullable(string()),
  group: string(),
})
const money = object({ amount: string(), currency: string() })
const group = object({
  group: string(),
  code: string(),
  title: string(),
  about: string(),
  connectionId: nullable(string()),
  severity: string(),
  queues: array(string()),
  count: number(),
  acknowledged: number(),
  snoozed: number(),
  overdue: number(),
  returns: number(),
  money: array(money),
  firstAt: string(),
  lastAt: string(),
  detail: nullable(string()),
  trend: array(number()),
})
const page = object({ data: array(one), next_cursor: nullable(string()) })
const groups = object({ data: array(group) })
const noted = object({ noted: number() })

export type ExceptionRow = Infer<typeof one>
export type CauseRow = Infer<typeof group> & { readonly id: string }

export async function readCauses({ queue, owner }: ExceptionSearch): Promise<CauseRow[]> {
  const { data } = await fetchBody('/api/v1/exceptions/groups', groups, { query: { queue, owner } })
  return data.map((cause) => ({ ...cause, id: cause.group }))
}

export function readExceptions(search: ExceptionSearch, cursor: string | undefined) {
  const { view: _view, ...filter } = search
  const query = { ...filter, limit: 100, cursor }
  return fetchBody('/api/v1/exceptions', page, { query })
}

export function readException(id: string) {
  return fetchBody(`/api/v1/exceptions/${encodeURIComponent(id)}`, one)
}

/** Does something to one exception: `acknowledge`, `snooze`, `assign`, `resolve` or `reopen`. */
export function work(id: string, what: string, body: unknown): Promise<void> {
  return tell(`/api/v1/exceptions/${encodeURIComponent(id)}/${what}`, { method: 'POST', body })
}

/** Notes something about all open exceptions of a cause. */
export function noteCause(cause: string, what: 'acknowledge' | 'snooze', body: unknown) {
  const path = `/api/v1/exceptions/groups/${encodeURIComponent(cause)}/${what}`
  return fetchBody(path, noted, { method: 'POST', body })
}
