import { once } from 'node:events'
import {
  type GuardedFetch,
  type GuardedRequest,
  networkFailure,
  RetryableError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { Odoo } from '../src/odoo/client/odoo.ts'
import type { WarehousePlaces } from '../src/odoo/config.ts'
import { type Config, config as configSchema } from '../src/odoo/config.ts'

/** A real server and two users of it: the one that the hub works as, and one that may prepare things. */
export interface Server {
  readonly url: string
  readonly database: string
  readonly hub: { readonly login: string; readonly key: string }
  readonly admin: { readonly login: string; readonly key: string }
}

/** @returns null where the environment names no server: `ODOO_URL`, `ODOO_DB`, `ODOO_LOGIN`, `ODOO_KEY`, and both of `ODOO_ADMIN_…`. */
export function serverOf(env: Readonly<Record<string, string | undefined>>): Server | null {
  const { ODOO_URL: url, ODOO_DB: database, ODOO_LOGIN, ODOO_KEY } = env
  const { ODOO_ADMIN_LOGIN, ODOO_ADMIN_KEY } = env
  if (!url || !database || !ODOO_LOGIN || !ODOO_KEY || !ODOO_ADMIN_LOGIN || !ODOO_ADMIN_KEY) {
    return null
  }
  return {
    url,
    database,
    hub: { login: ODOO_LOGIN, key: ODOO_KEY },
    admin: { login: ODOO_ADMIN_LOGIN, key: ODOO_ADMIN_KEY },
  }
}

/** The same of a double, as `startOdoo` of the simulator gives it. */
export function serverOfDouble(double: {
  readonly url: string
  readonly database: string
  readonly login: string
  readonly key: string
  readonly adminKey: string
}): Server {
  const { url, database, login, key, adminKey } = double
  return { url, database, hub: { login, key }, admin: { login: 'admin', key: adminKey } }
}

/** The configuration of a connection, as a hub would hold it. */
export function configFor(
  { url, database, hub }: Server,
  places: WarehousePlaces,
  changes: Readonly<Record<string, unknown>> = {},
): Config {
  return configSchema.parse({
    url,
    database,
    ...hub,
    warehouses: { '*': places },
    ...changes,
  })
}

/** The same client that the connector uses, as the user who may prepare things. */
export function openAsAdmin({ url, database, admin }: Server): Promise<Odoo> {
  const config = configSchema.parse({ url, database, ...admin, timeoutMs: 60_000 })
  return Odoo.open({
    config,
    fetch: directFetch,
    // Each call has its own limit.
    signal: new AbortController().signal,
    now: new Date(),
  })
}

/** A guarded fetch without the hub's guard: the contract is the same. */
export const directFetch: GuardedFetch = async (url, request) => {
  const isRead = request.isRead ?? ['GET', 'HEAD'].includes(request.method)
  const response = await send(url, request).catch((cause: unknown) => {
    const code = request.signal?.aborted ? 'TIMEOUT' : 'CONNECTION_LOST'
    throw networkFailure({ code, isSent: true, isRead, cause })
  })
  const bytes = new Uint8Array(await response.arrayBuffer())
  const text = new TextDecoder().decode(bytes)
  const failure = { code: 'RESPONSE_MALFORMED', status: response.status }
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    bytes: async () => bytes,
    text: async () => text,
    json: async () => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        throw isRead ? new RetryableError(failure) : new UnknownOutcomeError(failure)
      }
    },
  }
}

function send(url: string | URL, { method, headers, body, signal }: GuardedRequest) {
  return fetch(url, {
    method,
    redirect: 'manual',
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** What passed through a line: how many calls, and which. */
export interface Tap {
  readonly fetch: GuardedFetch
  /** `stock.picking/load` and the like, in their order. */
  readonly calls: string[]
}

/** Cuts the line before the first call of a method. */
export function tapOn(method: string): Tap {
  return tapped((call) => (call.endsWith(`/${method}`) ? 'before' : null))
}

/** Counts calls, and cuts the line before or after one of them, counted from 1. */
export function tap(cut?: { readonly at: number; readonly when: 'before' | 'after' }): Tap {
  return tapped((_call, number) => (cut?.at === number ? cut.when : null))
}

/** Holds a call back until another one, which goes out beside it, has been answered. */
export function tapInOrder(first: string, second: string): Tap {
  const answered = new AbortController()
  const calls: string[] = []
  const guarded: GuardedFetch = async (url, request) => {
    const call = nameOf(new URL(url).pathname, request.body)
    calls.push(call)
    if (call === second && !answered.signal.aborted) await once(answered.signal, 'abort')
    const response = await directFetch(url, request)
    if (call === first) answered.abort()
    return response
  }
  return { fetch: guarded, calls }
}

function tapped(cutAt: (call: string, number: number) => 'before' | 'after' | null): Tap {
  const calls: string[] = []
  const guarded: GuardedFetch = async (url, request) => {
    const call = nameOf(new URL(url).pathname, request.body)
    const isRead = request.isRead ?? request.method === 'GET'
    calls.push(call)
    const cut = cutAt(call, calls.length)
    if (cut === 'before') {
      throw networkFailure({ code: 'CONNECTION_LOST', isSent: true, isRead })
    }
    const response = await directFetch(url, request)
    if (cut === 'after') throw networkFailure({ code: 'CONNECTION_LOST', isSent: true, isRead })
    return response
  }
  return { fetch: guarded, calls }
}

const rpcCall = z.object({
  params: z.object({ method: z.string(), args: z.array(z.unknown()) }),
})

/** A call is named alike over both transports. */
function nameOf(path: string, body: GuardedRequest['body']): string {
  if (path !== '/jsonrpc') return path.replace(/^\/json\/2\//, '')
  const { params } = rpcCall.parse(JSON.parse(String(body)))
  const [, , , model, method] = params.args
  return params.method === 'execute_kw' ? `${String(model)}/${String(method)}` : params.method
}

/** Of the calls of a tap those that every command needs: what is asked once for a connection is left out. */
export function ownCalls({ calls }: Tap): readonly string[] {
  return calls.filter((call) => !/version|authenticate|fields_get|stock\.picking\.type/.test(call))
}
