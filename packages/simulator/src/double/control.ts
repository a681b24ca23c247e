import type { IncomingMessage, ServerResponse } from 'node:http'

import type { BookEntry } from './books.ts'
import type { CallCounter } from './call-counter.ts'
import type { FaultBoard, HttpFaultRule } from './faults.ts'
import { readRequest } from './request.ts'
import type { WebhookSender, WebhookVices } from './webhook-sender.ts'

/** What can be seen and steered from outside. */
export interface Controlled {
  readonly faults: FaultBoard
  readonly webhooks: WebhookSender
  readonly calls: CallCounter
  readonly books: () => readonly BookEntry[]
  readonly actions: Readonly<Record<string, (input: unknown) => unknown>>
}

/** Says whether a request is for the double, and not for what it stands for. */
export function isControl({ url }: IncomingMessage): boolean {
  return url?.startsWith('/_control/') ?? false
}

/**
 * `/_control/…`, in JSON, for other processes:
 *
 * - `GET calls`, `DELETE calls`
 * - `PUT faults` with a list of rules, `PUT webhook-vices` with what of them is to be so, `GET webhooks`
 * - `GET books`
 * - `POST actions/<name>` with what the action takes; 404 for one that there is not, 422 for one that throws
 */
export async function answerControl(
  controlled: Controlled,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(incoming)
  if (request === null) return
  const route = `${request.method} ${request.path.slice('/_control/'.length)}`
  const { status, body } = await answer(controlled, route, request.json())
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify(body ?? null))
}

async function answer(
  { faults, webhooks, calls, books, actions }: Controlled,
  route: string,
  sent: unknown,
): Promise<{ readonly status: number; readonly body?: unknown }> {
  switch (route) {
    case 'GET calls':
      return { status: 200, body: { byName: calls.byName(), total: calls.total() } }
    case 'DELETE calls':
      calls.reset()
      return { status: 200 }
    case 'PUT faults':
      if (!Array.isArray(sent)) return { status: 422, body: { error: 'a list is expected' } }
      faults.set(sent as HttpFaultRule[])
      return { status: 200 }
    case 'PUT webhook-vices':
      webhooks.vices = { ...webhooks.vices, ...(sent as Partial<WebhookVices>) }
      return { status: 200, body: webhooks.vices }
    case 'GET webhooks':
      return { status: 200, body: { subscribers: webhooks.subscribers, tally: webhooks.tally } }
    case 'GET books':
      return { status: 200, body: books() }
    default:
      return act(actions, route, sent)
  }
}

async function act(
  actions: Controlled['actions'],
  route: string,
  sent: unknown,
): Promise<{ readonly status: number; readonly body?: unknown }> {
  const name = /^POST actions\/([\w-]+)$/.exec(route)?.[1] ?? ''
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (!action) return { status: 404, body: { error: `no control ${route}` } }
  try {
    return { status: 200, body: await action(sent) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown'
    return { status: 422, body: { error: reason } }
  }
}
