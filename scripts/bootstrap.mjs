/**
 * Makes a checkout runnable: installs by lockfile and builds, each only where needed.
 *
 * When nothing changed it touches neither npm nor the network nor the disk. As a program:
 * `node scripts/bootstrap.mjs [--rebuild]`; --rebuild builds from nothing.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { build, isBuilt } from './lib/build.mjs'
import { install, isInstalled } from './lib/install.mjs'
import { withLock } from './lib/lock.mjs'
import { whyNodeIsTooOld } from './lib/node-version.mjs'
import { packageFolders, root } from './lib/paths.mjs'

/**
 * Brings node_modules and, unless `needsBuild` is false, dist/ up to date. Two at the same time do
 * the work once: the second waits. Ends the process with exit code 1 where it cannot be done.
 */
export async function bootstrap({ needsBuild = true } = {}) {
  const tooOld = whyNodeIsTooOld(process.versions.node)
  if (tooOld) fail(tooOld)
  const isReady = () => isInstalled(root) && (!needsBuild || isBuilt(root))
  try {
    if (isReady()) return
    await withLock(join(root, '.bootstrap.lock'), {
      say,
      work: async (onStart) => {
        if (!isInstalled(root)) await install(root, { say, onStart })
        if (needsBuild && !isBuilt(root)) await build(root, { say, onStart })
      },
    })
  } catch (error) {
    fail(explain(error))
  }
}

function explain(error) {
  if (['EACCES', 'EPERM', 'EROFS'].includes(error.code)) {
    return `cannot write to ${error.path ?? root}: the first start installs and builds there, so this user must own the folder`
  }
  return error.message
}

function say(line) {
  process.stderr.write(`backhaul: ${line}\n`)
}

function fail(line) {
  say(line)
  process.exit(1)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--rebuild')) {
    for (const folder of packageFolders())
      rmSync(join(folder, 'dist'), { recursive: true, force: true })
  }
  await bootstrap()
}
