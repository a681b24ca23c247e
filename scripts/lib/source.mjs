import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { bootstrap } from '../bootstrap.mjs'
import { runChild } from './child.mjs'
import { root } from './paths.mjs'

/** What node is started with to run TypeScript sources, workspaces resolved to source as well. */
export const sourceFlags = ['--conditions=@backhaul/source', '--import', 'tsx']

/** Runs a TypeScript program of the project, given relative to the root, with this process's arguments, and ends as it ends. */
export async function runProgram(file) {
  await bootstrap()
  if (!existsSync(join(root, file))) {
    process.stderr.write(`backhaul: there is no ${file}\n`)
    process.exit(1)
  }
  const args = [...sourceFlags, join(root, file), ...process.argv.slice(2)]
  process.exit(await runChild(process.execPath, args, { cwd: root }))
}
