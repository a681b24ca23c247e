/** `npm run dev`: serves from the sources, and starts anew whenever one of them changes. */
import { join } from 'node:path'

import { bootstrap } from './bootstrap.mjs'
import { runChild } from './lib/child.mjs'
import { root } from './lib/paths.mjs'

await bootstrap({ needsBuild: false })
const watcher = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs')
const program = join(root, 'scripts', 'lib', 'serve-source.mjs')
const args = [watcher, 'watch', '--conditions=@backhaul/source', '--clear-screen=false', program]
process.exit(await runChild(process.execPath, [...args, ...process.argv.slice(2)], { cwd: root }))
