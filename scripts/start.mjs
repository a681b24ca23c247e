/**
 * `npm start [-- --no-demo | --demo] [--chaos] [--returns N] [--pace N] [flags of serve]`: installs and builds where
 * needed, then serves, in this very process, so that a signal reaches the hub itself. The demo runs beside it, in a
 * process of its own.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { bootstrap } from './bootstrap.mjs'
import { readDemo, startDemo } from './lib/demo.mjs'
import { root } from './lib/paths.mjs'

const { demo, serveArgs } = readDemo(process.argv.slice(2), process.env)
await bootstrap()
if (demo !== null) startDemo(demo)
const program = join(root, 'packages', 'hub', 'bin', 'backhaul.js')
process.argv.splice(1, process.argv.length, program, 'serve', ...serveArgs)
await import(pathToFileURL(program).href)
