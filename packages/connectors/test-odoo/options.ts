import { parseArgs } from 'node:util'

export const transports = ['json2', 'jsonrpc'] as const
export type Transport = (typeof transports)[number]

const versions = ['17', '18', '19'] as const

export interface ScenarioOptions {
  /** The version of the double to run on; null for the server that the environment names. */
  readonly double: 17 | 18 | 19 | null
  /** Scenarios whose group or sentence contains this, whatever its case. */
  readonly only: string
  /** All that the server speaks when left out. */
  readonly transport: Transport | null
  readonly jsonFile: string | null
}

export const usage = `npm run test:odoo -- [options]
  --double [VERSION]  runs on the double of Odoo 17, 18 or 19 (19)
  --only TEXT         scenarios whose group or sentence contains TEXT
  --transport T       json2 or jsonrpc; both where the server speaks both
  --json FILE         writes the results as JSON
  --help
Without --double it runs on the server that the environment names:
  ODOO_URL          https://erp.example.com
  ODOO_DB           the database
  ODOO_LOGIN        login of the user that the hub works as
  ODOO_KEY          API key of that user
  ODOO_ADMIN_LOGIN  login of an administrator, who prepares orders and looks at results
  ODOO_ADMIN_KEY    API key of the administrator
Name a copy of the database, never the one that is worked in: scenarios sell, deliver, invoice, pay and
close a period for a moment. What can be taken back is; posted documents stay.`

/** @throws {TypeError} for an option that it does not know. */
export function readOptions(args: readonly string[]): ScenarioOptions {
  const { values } = parseArgs({
    args: args.flatMap((arg, at) => {
      const isBare = arg === '--double' && !isVersion(args[at + 1])
      return isBare ? ['--double', '19'] : [arg]
    }),
    options: {
      double: { type: 'string' },
      only: { type: 'string', default: '' },
      transport: { type: 'string' },
      json: { type: 'string' },
    },
  })
  const { double, transport } = values
  if (double !== undefined && !isVersion(double)) throw new TypeError('--double is 17, 18 or 19')
  const known = transports.find((one) => one === transport) ?? null
  if (transport !== undefined && known === null) {
    throw new TypeError('--transport is json2 or jsonrpc')
  }
  return {
    double: double === undefined ? null : (Number(double) as 17 | 18 | 19),
    only: values.only,
    transport: known,
    jsonFile: values.json ?? null,
  }
}

function isVersion(text: string | undefined): boolean {
  return versions.some((one) => one === text)
}

const needed = [
  'ODOO_URL',
  'ODOO_DB',
  'ODOO_LOGIN',
  'ODOO_KEY',
  'ODOO_ADMIN_LOGIN',
  'ODOO_ADMIN_KEY',
] as const

/** What the environment lacks, as a sentence; null where nothing is missing. */
export function missingFrom(env: Readonly<Record<string, string | undefined>>): string | null {
  const missing = needed.filter((name) => !env[name])
  if (missing.length === 0) return null
  return `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set: name a server, or run on the double with --double. --help tells more.`
}
