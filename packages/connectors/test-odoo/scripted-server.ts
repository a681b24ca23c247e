import type { GuardedFetch } from '@backhaul/sdk/connector'
import { type Config, config as configSchema } from '../src/odoo/config.ts'

/** The arguments of a call, by their names. */
type Arguments = Readonly<Record<string, unknown>>
/** What a method answers; what it throws is sent as an error of that name. */
export type Method = (given: Arguments) => unknown

/** An error as Odoo sends it. */
export class OdooFault extends Error {
  override readonly name: string
  readonly status: number

  constructor(name: string, status: number, message = 'no') {
    super(message)
    this.name = name
    this.status = status
  }
}

export interface ScriptedServer {
  readonly config: Config
  readonly fetch: GuardedFetch
  /** `sale.order/web_read` and the like, in their order, without what only finds out about the server. */
  readonly calls: string[]
}

/**
 * An Odoo server that answers by script, for what neither a real server nor its double can be brought to: other
 * versions, missing modules and rights. Models and methods without a script do not exist.
 *
 * @param fields - the fields that each model has, of those that the connector asks about.
 */
export function scriptedServer({
  version = 19,
  fields = {},
  methods,
  changes = {},
}: {
  readonly version?: 17 | 18 | 19
  readonly fields?: Readonly<Record<string, readonly string[]>>
  readonly methods: Readonly<Record<string, Method>>
  readonly changes?: Readonly<Record<string, unknown>>
}): ScriptedServer {
  const calls: string[] = []
  const call = (name: string, given: Arguments): unknown => {
    const [model = '', method = ''] = name.split('/')
    if (method === 'fields_get') {
      const known = fields[model] ?? []
      const asked = given['allfields'] as readonly string[]
      return Object.fromEntries(asked.filter((one) => known.includes(one)).map((one) => [one, {}]))
    }
    calls.push(name)
    const script = methods[name]
    if (script === undefined) throw new OdooFault('werkzeug.exceptions.NotFound', 404)
    return script(given)
  }
  const fetch: GuardedFetch = async (url, request) => {
    const path = new URL(url).pathname
    const body = typeof request.body === 'string' ? (JSON.parse(request.body) as Arguments) : {}
    if (path === '/web/version') return versionOf(version)
    if (path === '/jsonrpc') return overRpc(body, { version, call })
    try {
      return reply(200, call(path.replace('/json/2/', ''), body))
    } catch (error) {
      if (!(error instanceof OdooFault)) throw error
      return reply(error.status, { name: error.name, message: error.message })
    }
  }
  const given = { url: 'https://erp.example.com', database: 'main', login: 'hub', key: 'k' }
  return { config: configSchema.parse({ ...given, ...changes }), fetch, calls }
}

function answer(result: unknown) {
  return reply(200, { jsonrpc: '2.0', id: 1, result })
}

function versionOf(version: number) {
  if (version < 19) return reply(404, '<html>')
  return reply(200, { version_info: [version, 0, 0], version: `${version}.0` })
}

/** JSON-RPC tells errors with the status 200, and has arguments by their place and by their names. */
function overRpc(
  body: Arguments,
  { version, call }: { version: number; call: (name: string, given: Arguments) => unknown },
) {
  const { service, method, args } = body['params'] as {
    service: string
    method: string
    args: readonly unknown[]
  }
  if (service === 'common' && method === 'version') {
    return answer({ server_version_info: [version, 0, 0], server_version: `${version}.0` })
  }
  if (service === 'common') return answer(7)
  const [, , , model, name, places, named] = args
  const [ids] = places as readonly unknown[]
  const given = { ...(named as Arguments), ...(ids === undefined ? {} : { ids }) }
  try {
    return answer(call(`${String(model)}/${String(name)}`, given))
  } catch (error) {
    if (!(error instanceof OdooFault)) throw error
    const data = { name: error.name, message: error.message }
    return reply(200, { jsonrpc: '2.0', id: 1, error: { code: 0, message: '', data } })
  }
}

function reply(status: number, body: unknown): Awaited<ReturnType<GuardedFetch>> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return {
    status,
    headers: { 'content-type': 'application/json' },
    text: async () => text,
    bytes: async () => new TextEncoder().encode(text),
    json: async () => JSON.parse(text) as unknown,
  }
}
