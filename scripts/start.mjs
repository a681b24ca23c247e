/** `npm start`: installs and builds where needed, then serves, in this very process, so that a signal reaches the hub itself. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { bootstrap } from './bootstrap.mjs'
import { root } from './lib/paths.mjs'

await bootstrap()
const program = join(root, 'packages', 'hub', 'bin', 'backhaul.js')
process.argv.splice(1, process.argv.length, program, 'serve', ...process.argv.slice(2))
await import(pathToFileURL(program).href)
