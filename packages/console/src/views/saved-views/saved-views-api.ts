import {
  array,
  boolean,
  type infer as Infer,
  nullable,
  number,
  object,
  record,
  string,
  unknown,
} from 'zod/mini'
import { fetchBody, tell } from '../../api/client.ts'

/** The lists that can be kept, as the hub calls them. */
export type ViewScreen = 'cases' | 'exceptions' | 'dead_letters'

const view = object({
  id: string(),
  name: string(),
  /** What the address said when it was kept: it may be older than the screen. */
  search: record(string(), unknown()),
  isShared: boolean(),
  isOwn: boolean(),
  owner: object({ name: string() }),
  revision: number(),
})
const views = object({ data: array(view), next_cursor: nullable(string()) })

/** A list as somebody keeps it. */
export type SavedView = Infer<typeof view>

const base = '/api/v1/views'
const pageSize = 200

/** One's own by name, and behind them those of the team. */
export function listViews(screen: ViewScreen, cursor: string | undefined, signal: AbortSignal) {
  return fetchBody(base, views, { query: { screen, limit: pageSize, cursor }, signal })
}

export function createView(body: {
  readonly screen: ViewScreen
  readonly name: string
  readonly search: object
  readonly isShared: boolean
}): Promise<SavedView> {
  return fetchBody(base, view, { method: 'POST', body })
}

/** Changes what is given. @throws {ApiProblem} PRECONDITION_FAILED where it has changed meanwhile. */
export function changeView(
  { id, revision }: SavedView,
  body: { readonly name?: string; readonly search?: object; readonly isShared?: boolean },
): Promise<SavedView> {
  const headers = { 'if-match': `"${revision}"` }
  return fetchBody(addressOf(id), view, { method: 'PATCH', body, headers })
}

export function deleteView({ id }: SavedView): Promise<void> {
  return tell(addressOf(id), { method: 'DELETE' })
}

function addressOf(id: string): string {
  return `${base}/${encodeURIComponent(id)}`
}
