import type { RecordedRecords } from '../seed/import-records.ts'
import type { TestAccess } from '../test-access.ts'

/** One recorded request and what Odoo answered; or what Odoo sent, where it has a direction. */
export interface Step {
  readonly note: string
  readonly concurrent?: boolean
  readonly direction?: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: unknown
    readonly raw_body?: string
  }
  readonly response: { readonly status: number; readonly body: unknown }
}

/** A recorded scenario. */
export interface Recording {
  readonly given: RecordedRecords
  readonly steps: readonly Step[]
}

/** What a step calls. */
interface Called {
  readonly model: string
  readonly method: string
  readonly ids: unknown
  readonly result: unknown
}

/** What a step calls, over either transport. */
export function calledBy({ request, response }: Step): Called | null {
  if (request.path === '/jsonrpc') {
    const { args } = (request.body as { params: { args: readonly unknown[] } }).params
    const [, , , model, method, positional] = args as [0, 0, 0, string, string, unknown[]]
    const { result } = response.body as { result?: unknown }
    return method ? { model, method, ids: positional?.[0], result } : null
  }
  const [, , , model, method] = request.path.split('/')
  const { ids } = (request.body ?? {}) as { ids?: unknown }
  return model && method ? { model, method, ids, result: response.body } : null
}

const makers: Readonly<Record<string, string>> = {
  message_post: 'mail.message',
  activity_schedule: 'mail.activity',
}

/** The lowest id of each model that steps made, as their answers tell it. */
export function madeBy(steps: readonly Step[]): Map<string, number> {
  const made = new Map<string, number>()
  for (const step of steps) {
    const called = calledBy(step)
    if (!called || step.response.status !== 200) continue
    const { model, method, result } = called
    const answer = result as { ids?: unknown; res_model?: string; res_id?: number } | null
    const isList = method === 'create' || method in makers
    if (isList) note(made, makers[method] ?? model, result)
    else if (method === 'load') note(made, model, answer?.ids)
    else if (answer?.res_model) note(made, answer.res_model, answer.res_id)
  }
  return made
}

function note(made: Map<string, number>, model: string, found: unknown): void {
  for (const id of Array.isArray(found) ? found : [found]) {
    if (typeof id === 'number') made.set(model, Math.min(id, made.get(model) ?? Infinity))
  }
}

/** The lowest id of each model that a scenario tells of and that is not there at its start. */
export function firstNewIds({ steps }: Recording, db: TestAccess): Map<string, number> {
  const found = new Map<string, number>()
  const see = (model: string, ids: unknown): void => {
    for (const id of Array.isArray(ids) ? ids : [ids]) {
      const isNew = typeof id === 'number' && id < 100_000 && db.has(model) && !db.exists(model, id)
      if (isNew) note(found, model, id)
    }
  }
  for (const step of steps) {
    const called = calledBy(step)
    if (!called || step.response.status !== 200) continue
    for (const [model, id] of madeBy([step])) see(model, id)
    if (called.method === 'write') see(called.model, called.ids)
    for (const [model, ids] of linksIn(called, db)) see(model, ids)
  }
  return found
}

/** The ids in what was read, with the models that they are of. */
function linksIn({ model, method, result }: Called, db: TestAccess): [string, unknown][] {
  if (!['read', 'search_read'].includes(method) || !Array.isArray(result)) return []
  return (result as Record<string, unknown>[]).flatMap((row) =>
    Object.entries(row).flatMap(([name, value]): [string, unknown][] => {
      const relation = name === 'id' ? model : db.relationOf(model, name)
      const isPair = Array.isArray(value) && typeof value[1] === 'string'
      return relation ? [[relation, isPair ? value[0] : value]] : []
    }),
  )
}
