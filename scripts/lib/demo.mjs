import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { root } from './paths.mjs'
import { sourceFlags } from './source.mjs'

const program = 'packages/hub/demo/main.ts'

const flags = {
  demo: { type: 'boolean' },
  'no-demo': { type: 'boolean' },
  chaos: { type: 'boolean' },
  returns: { type: 'string' },
  pace: { type: 'string' },
}

/** How often the hub asks the played systems, in seconds: one does not want to wait for minutes. */
const pollPauses = [
  'odoo/changes=5',
  'shopify/changes=5',
  'shopify/open-returns=15',
  'woocommerce/changes=5',
  'desk/tickets=10',
  'warehouse/events=5',
  'easypost/trackers=10',
  'stripe/changes=10',
].join(',')

/**
 * Takes the flags of the demo out of the arguments, and says whether there is one. A folder that is new, or that an
 * earlier demo made, gets one, unless somebody has set the hub up: by a file, for a database of their own, or with
 * `--no-demo` or `BACKHAUL_DEMO=off`.
 *
 * @returns `demo`: its options and environment, or null; `serveArgs`: what is left for the hub.
 */
export function readDemo(args, env, cwd = process.cwd()) {
  const { tokens } = parseArgs({ args, options: flags, strict: false, tokens: true })
  const taken = new Set()
  const said = {}
  for (const { kind, name, index, value, inlineValue } of tokens) {
    if (kind !== 'option' || !(name in flags)) continue
    taken.add(index)
    if (flags[name].type === 'string' && inlineValue === false) taken.add(index + 1)
    said[name] = value ?? true
  }
  const serveArgs = args.filter((_, index) => !taken.has(index))
  const isOff = said['no-demo'] === true || /^(off|no|false|0)$/i.test(env.BACKHAUL_DEMO ?? '')
  const isAsked = said.demo === true || said.chaos === true || 'returns' in said
  if (isOff || !(isAsked || isNewcomers(env, cwd))) return { demo: null, serveArgs }
  const options = {
    ...(said.returns === undefined ? {} : { returns: Number(said.returns) }),
    ...(said.pace === undefined ? {} : { pace: Number(said.pace) }),
    chaos: said.chaos === true,
  }
  return { demo: { options, port: portOf(serveArgs, env) }, serveArgs }
}

function isNewcomers(env, cwd) {
  if (env.DATABASE_URL || env.BACKHAUL_DATABASE_URL) return false
  if (existsSync(join(cwd, 'backhaul.yaml'))) return false
  const dataDir = join(cwd, env.BACKHAUL_DATA_DIR ?? '.backhaul')
  return !existsSync(dataDir) || existsSync(join(dataDir, 'demo.json'))
}

function portOf(args, env) {
  const at = args.findIndex((arg) => arg === '--port' || arg.startsWith('--port='))
  if (at === -1) return env.BACKHAUL_PORT
  return args[at].includes('=') ? args[at].split('=')[1] : args[at + 1]
}

/**
 * Starts the demo's process. It waits for the hub by itself, and ends when its stdin closes: with this process,
 * however that ends. What it plays is on this machine, where the hub sends nothing unless it is allowed to.
 */
export function startDemo({ options, port }) {
  process.env.BACKHAUL_OUTBOUND_ALLOWED_PRIVATE_TARGETS ??= '127.0.0.0/8'
  process.env.BACKHAUL_POLLS_PAUSES ??= pollPauses
  const env = { ...process.env, ...(port === undefined ? {} : { BACKHAUL_PORT: port }) }
  const args = [...sourceFlags, join(root, program), JSON.stringify(options)]
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'ignore', 'inherit'] })
  child.on('error', (error) => process.stderr.write(`demo: did not start: ${error.message}\n`))
  // The hub ends when it has nothing to do any more, and does not wait for this.
  child.unref()
  child.stdin.unref?.()
}
