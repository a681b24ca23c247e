/**
 * `node scripts/generate.mjs [--check]`: writes contracts/ and docs/reference/ from the code.
 *
 * --check writes nothing, and fails with the names of the files that are not what would be written.
 */
import { join } from 'node:path'

import { bootstrap } from './bootstrap.mjs'
import { runChild } from './lib/child.mjs'
import { root } from './lib/paths.mjs'
import { sourceFlags } from './lib/source.mjs'

await bootstrap({ needsBuild: false })
const program = join(root, 'scripts', 'lib', 'generate', 'main.mjs')
const args = [...sourceFlags, program, ...process.argv.slice(2)]
process.exit(await runChild(process.execPath, args, { cwd: root }))
