import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Webhook } from '../automation.ts'
import type { Calls } from '../calls.ts'
import type { Fault, Faults } from '../faults/faults.ts'
import {
  type Answer,
  asOdooError,
  errorAnswer,
  htmlAnswer,
  httpError,
  jsonAnswer,
} from './answer.ts'
import type { Executed, Execution } from './execute.ts'
import { answerJson2, databaseNotFound, type Json2Deps } from './json2.ts'
import {
  answerJsonRpc,
  type Envelope,
  envelopeName,
  type JsonRpcDeps,
  readEnvelope,
} from './jsonrpc.ts'
import { maintenancePage, sendAnswer, tooMany } from './send-answer.ts'
import { sendWebhooks } from './send-webhooks.ts'

/** What serving requests needs. */
export interface ServeDeps extends Json2Deps, JsonRpcDeps {
  readonly faults: Faults
  readonly calls: Calls
  /** Carries a `load()` out as the loser of a conflict. */
  readonly lose: (call: Execution) => Promise<Executed>
}

interface Request {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

interface Outcome {
  readonly answer: Answer
  readonly webhooks: readonly Webhook[]
}

/** Reads a request, has it answered, and sends the answer, with whatever fault befalls it. */
export async function serve(
  deps: ServeDeps,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  deps.calls.begin()
  response.once('close', () => deps.calls.end())
  const request = await readRequest(incoming)
  if (!request) return
  const envelope = request.path === '/jsonrpc' ? readEnvelope(request.body) : null
  const name = envelope ? envelopeName(envelope) : nameOf(request.path)
  deps.calls.note(name)
  const fault = deps.faults.next(name)
  if (fault?.kind === 'delay') await sleep(fault.ms)
  if (fault && happensBefore(fault)) {
    await sendAnswer(response, refusal(deps, fault, envelope), fault)
    return
  }
  const doomed = fault?.kind === 'serialization_conflict' ? withLostLoads(deps) : deps
  const { answer, webhooks } = await answerRequest(doomed, request, envelope)
  await sendWebhooks(webhooks, deps.faults)
  await sendAnswer(response, answer, fault)
}

/** The whole request, or null where its sender went away. */
async function readRequest(incoming: IncomingMessage): Promise<Request | null> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
  } catch {
    return null
  }
  const { method = '', url = '/', headers } = incoming
  const path = url.split('?')[0] as string
  return { method, path, headers, body: Buffer.concat(chunks).toString() }
}

/** `/json/2/stock.picking/load` is `stock.picking.load`. */
function nameOf(path: string): string {
  const [, , , model, method] = path.split('/')
  return path.startsWith('/json/2/') ? `${model}.${method}` : path
}

function happensBefore(fault: Fault): boolean {
  if (fault.kind === 'cut' || fault.kind === 'hang') return fault.when === 'before'
  return ['maintenance', 'too_many_requests', 'database_gone', 'key_refused'].includes(fault.kind)
}

function refusal(deps: ServeDeps, fault: Fault, envelope: Envelope | null): Answer {
  if (fault.kind === 'maintenance') return maintenancePage(fault.status)
  if (fault.kind === 'too_many_requests') return tooMany(fault.retryAfter)
  if (fault.kind === 'database_gone' && !envelope) return databaseNotFound()
  if (fault.kind === 'key_refused' && !envelope) {
    return errorAnswer(httpError('Unauthorized', 'Invalid apikey'))
  }
  return jsonRpcRefusal(deps, fault, envelope)
}

function jsonRpcRefusal(
  { database, version }: ServeDeps,
  fault: Fault,
  envelope: Envelope | null,
): Answer {
  const isGone = fault.kind === 'database_gone'
  const name = isGone ? 'psycopg2.OperationalError' : 'odoo.exceptions.AccessDenied'
  const message = isGone
    ? `connection to server at "db.example", port 5432 failed: FATAL:  database "${database}" does not exist\n`
    : 'Access Denied'
  const data = { name, message, arguments: [message], context: {}, debug: `${name}: ${message}` }
  const error = { code: version >= 19 ? 0 : 200, message: 'Odoo Server Error', data }
  return jsonAnswer(200, { jsonrpc: '2.0', id: envelope?.id ?? null, error })
}

function withLostLoads(deps: ServeDeps): ServeDeps {
  const { execute, lose } = deps
  return { ...deps, execute: (call) => (call.method === 'load' ? lose(call) : execute(call)) }
}

async function answerRequest(
  deps: ServeDeps,
  request: Request,
  envelope: Envelope | null,
): Promise<Outcome> {
  if (envelope) return answerJsonRpc(deps, envelope)
  const { path, method } = request
  const isOf19 = deps.version >= 19
  const version = {
    version_info: [deps.version, 0, 0, 'final', 0, ''],
    version: `${deps.version}.0`,
  }
  if (isOf19 && method === 'GET' && (path === '/web/version' || path === '/json/version')) {
    return silent(jsonAnswer(200, version))
  }
  if (path === '/web/webclient/version_info' && method === 'POST') {
    const result = { server_version: version.version, server_version_info: version.version_info }
    return silent(jsonAnswer(200, { jsonrpc: '2.0', id: null, result }))
  }
  if (isOf19 && path.startsWith('/json/2/')) return answerOrFail(deps, request)
  if (isOf19 && path.startsWith('/json/1/')) {
    const csrf =
      '<!doctype html>\n<html lang=en>\n<title>400 Bad Request</title>\n<h1>Bad Request</h1>\n<p>Session expired (invalid CSRF token)</p>\n'
    return silent(htmlAnswer(400, csrf))
  }
  const missing =
    '<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n'
  return silent(htmlAnswer(404, missing))
}

const silent = (answer: Answer): Outcome => ({ answer, webhooks: [] })

async function answerOrFail(deps: ServeDeps, request: Request): Promise<Outcome> {
  try {
    return await answerJson2(deps, request)
  } catch (error) {
    return silent(errorAnswer(asOdooError(error)))
  }
}
