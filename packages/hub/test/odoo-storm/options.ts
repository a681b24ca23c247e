import { parseArgs } from 'node:util'

export interface StormOptions {
  readonly returns: number
  /** kill -9 of hub processes. */
  readonly kills: number
  readonly hubs: number
  /** Share of requests to Odoo that come to grief. */
  readonly cutShare: number
  /** Returns that are under way at once. */
  readonly atOnce: number
  readonly seed: number
  /** Calls to Odoo under way at once, as the connection is configured. */
  readonly concurrency: number
  readonly transport: 'auto' | 'json2' | 'jsonrpc'
  readonly keepDir: string | null
  readonly jsonFile: string | null
}

export const usage = `npm run test:odoo-storm -- [options]
  --returns N      returns of mixed shape (500)
  --kills N        kill -9 of hub processes (40)
  --hubs N         hub processes on one database (2)
  --cut PERCENT    requests to Odoo that are cut, before or after their effect (5)
  --at-once N      returns under way at once (40)
  --concurrency N  calls to Odoo at once (4)
  --transport T    auto, json2 or jsonrpc
  --seed N         the same returns and the same faults again
  --keep DIR       keeps the logs and the data there
  --json FILE      writes the report as JSON
It runs against the double, or against the server that ODOO_URL, ODOO_DB, ODOO_LOGIN, ODOO_KEY,
ODOO_ADMIN_LOGIN and ODOO_ADMIN_KEY name; it makes its own orders there.`

/** @throws {TypeError} for an option that it does not know. */
export function readOptions(args: readonly string[]): StormOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      returns: { type: 'string', default: '500' },
      kills: { type: 'string', default: '40' },
      hubs: { type: 'string', default: '2' },
      cut: { type: 'string', default: '5' },
      'at-once': { type: 'string', default: '40' },
      concurrency: { type: 'string', default: '4' },
      transport: { type: 'string', default: 'auto' },
      seed: { type: 'string' },
      keep: { type: 'string' },
      json: { type: 'string' },
    },
  })
  const { transport } = values
  if (transport !== 'auto' && transport !== 'json2' && transport !== 'jsonrpc') {
    throw new TypeError('--transport is auto, json2 or jsonrpc')
  }
  return {
    returns: numberOf('returns', values.returns),
    kills: numberOf('kills', values.kills),
    hubs: numberOf('hubs', values.hubs),
    cutShare: numberOf('cut', values.cut) / 100,
    atOnce: numberOf('at-once', values['at-once']),
    concurrency: numberOf('concurrency', values.concurrency),
    transport,
    seed: values.seed === undefined ? Date.now() % 1_000_000 : numberOf('seed', values.seed),
    keepDir: values.keep ?? null,
    jsonFile: values.json ?? null,
  }
}

function numberOf(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isFinite(number) || number < 0) throw new TypeError(`--${name} needs a number`)
  return number
}
