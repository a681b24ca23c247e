import { DeliveryError, TerminalError } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import type { Call } from './call.ts'
import { gateOf } from './gate.ts'
import { authenticate, findServer, type Server } from './server.ts'
import { SharedValue } from './shared-value.ts'
import { type Endpoint, type SendCall, sendJson2, sendJsonRpcAs, type Wire } from './transport.ts'

/** What a connection has found out about its server. It lives as long as the configuration does. */
export interface Session {
  readonly server: Server
  readonly transport: 'json2' | 'jsonrpc'
  readonly openedAt: Date
  /** Fields of each model that was asked about. */
  readonly fields: Map<string, ReadonlySet<string>>
  readonly send: (call: Call, wire: Wire) => Promise<unknown>
}

type Credentials = Pick<
  Config,
  'url' | 'database' | 'login' | 'key' | 'nextKey' | 'transport' | 'concurrency'
>

/** By configuration: the hub gives the same object until somebody changes the connection. */
const sessions = new WeakMap<object, SharedValue<Session>>()

/** @throws {DeliveryError} when the server cannot be reached, or is none that is supported. */
export function sessionOf(config: Credentials, wire: Wire): Promise<Session> {
  const known = sessions.get(config) ?? new SharedValue<Session>()
  sessions.set(config, known)
  return known.get(wire.signal, () => open(config, wire))
}

/** The server was upgraded, or a module installed or removed: the next call finds out anew. */
export function forgetSession(config: object): void {
  sessions.delete(config)
}

async function open(config: Credentials, wire: Wire): Promise<Session> {
  const gate = gateOf(config)
  const limit = config.concurrency
  const enter = ({ signal }: Wire) => ({ limit, signal })
  const server = await gate.run(enter(wire), () => findServer(config, wire))
  const isJson2 = config.transport === 'auto' ? server.version >= 19 : config.transport === 'json2'
  const ways = keysOf(config).map((endpoint) => ({
    endpoint,
    send: isJson2 ? sendJson2 : jsonRpc(),
  }))
  return {
    server,
    transport: isJson2 ? 'json2' : 'jsonrpc',
    openedAt: wire.now,
    fields: new Map(),
    send: (call, wireOfCall) =>
      gate.run(enter(wireOfCall), () => sendByFirst(ways, call, wireOfCall)),
  }
}

function keysOf({ url, database, login, key, nextKey }: Credentials): Endpoint[] {
  const keys = nextKey === undefined ? [key] : [key, nextKey]
  return keys.map((one) => ({ url, database, login, key: one }))
}

/** A key, and how calls are sent with it. */
interface Way {
  readonly endpoint: Endpoint
  readonly send: SendCall
}

/**
 * A key that is refused has had no effect: the next one may be tried at once. The one that works goes to the
 * front; when none does, the refusal of the first one is told.
 */
async function sendByFirst(ways: Way[], call: Call, wire: Wire): Promise<unknown> {
  let refusal: unknown
  for (const way of ways.slice()) {
    try {
      const result = await way.send(way.endpoint, call, wire)
      moveToFront(ways, way)
      return result
    } catch (error) {
      // What Odoo refuses of a call says that it took the key.
      if (error instanceof TerminalError) moveToFront(ways, way)
      if (!isRefusal(error)) throw error
      refusal ??= error
    }
  }
  throw refusal
}

function isRefusal(error: unknown): boolean {
  return error instanceof DeliveryError && error.code === 'AUTH_REJECTED'
}

/** Another call may have moved it meanwhile. */
function moveToFront(ways: Way[], way: Way): void {
  const at = ways.indexOf(way)
  if (at > 0) ways.unshift(...ways.splice(at, 1))
}

/** The user's number is asked for once for each key. */
function jsonRpc(): SendCall {
  const uid = new SharedValue<number>()
  return async (endpoint, call, wire) => {
    const known = await uid.get(wire.signal, () => authenticate(endpoint, wire))
    return sendJsonRpcAs(known)(endpoint, call, wire)
  }
}
