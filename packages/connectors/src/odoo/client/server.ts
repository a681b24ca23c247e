import { classifyStatus, RetryableError, TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { odooCodes } from './failures.ts'
import { type Endpoint, sendRpc, type Wire } from './transport.ts'

/** What a server is, as far as calls depend on it. */
export interface Server {
  /** Major version: 17, 18, 19, … */
  readonly version: number
  /** As the server says it, for people. */
  readonly name: string
}

const webVersion = z.object({ version_info: z.array(z.unknown()).min(1), version: z.string() })
const commonVersion = z.object({
  server_version_info: z.array(z.unknown()).min(1),
  server_version: z.string(),
})

/** Odoo 17 is the oldest that is supported. */
const oldest = 17

/**
 * Asks a server for its version. `/web/version` exists from 19 on; its absence sends older ones to
 * `common.version` over JSON-RPC.
 *
 * @throws {TerminalError} ODOO_NOT_SUPPORTED for a version before 17.
 */
export async function findServer(endpoint: Pick<Endpoint, 'url'>, wire: Wire): Promise<Server> {
  const { fetch, signal } = wire
  const response = await fetch(new URL('/web/version', endpoint.url), { method: 'GET', signal })
  const parsed = webVersion.safeParse(
    response.status === 200 ? await response.json().catch(() => null) : null,
  )
  if (parsed.success) return serverOf(parsed.data.version_info[0], parsed.data.version)
  const { status, headers } = response
  const isBusy = status >= 500 || status === 429
  const failure = isBusy ? classifyStatus(status, headers, wire.now) : null
  if (failure !== null) throw failure
  const answer = commonVersion.safeParse(await askCommon(endpoint, { method: 'version' }, wire))
  if (!answer.success) {
    const reason = 'No Odoo answers at this address.'
    throw new TerminalError({ code: odooCodes.unsupported, status, reason })
  }
  return serverOf(answer.data.server_version_info[0], answer.data.server_version)
}

function askCommon(
  endpoint: Pick<Endpoint, 'url'>,
  { method, args = [] }: { readonly method: string; readonly args?: readonly unknown[] },
  wire: Wire,
): Promise<unknown> {
  const call = `common.${method}`
  return sendRpc(endpoint, { service: 'common', method, args, call, isRead: true }, wire)
}

/** Hosted databases say `saas~18` for what lies between 18 and 19. */
function serverOf(major: unknown, name: string): Server {
  const version = Number(String(major).replace(/^saas~/, ''))
  if (!Number.isInteger(version) || version < oldest) {
    const reason = `Odoo ${name.slice(0, 40)} is not supported: ${oldest} is the oldest.`
    throw new TerminalError({ code: odooCodes.unsupported, reason })
  }
  return { version, name: name.slice(0, 40) }
}

/**
 * Finds out a user's number, for JSON-RPC.
 *
 * @throws {RetryableError} AUTH_REJECTED when the login or the key is wrong: a new key heals it.
 */
export async function authenticate(endpoint: Endpoint, wire: Wire): Promise<number> {
  const { database, login, key } = endpoint
  const args = [database, login, key, {}]
  const uid = await askCommon(endpoint, { method: 'authenticate', args }, wire)
  if (typeof uid !== 'number') {
    throw new RetryableError({
      code: 'AUTH_REJECTED',
      reason: 'Odoo refuses the login or the key of the user.',
    })
  }
  return uid
}
