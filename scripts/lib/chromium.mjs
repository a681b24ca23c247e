import { existsSync } from 'node:fs'

import { runChild } from './child.mjs'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser that `CHROMIUM_PATH` names, or the one installed; undefined where there is none. */
function findChromium() {
  return [process.env.CHROMIUM_PATH, ...places].find((path) => path && existsSync(path))
}

/**
 * The browser's path; installs Debian's package where there is none.
 *
 * @throws {Error} where that cannot be done; the message says what to do.
 */
export async function needChromium({ say }) {
  const found = findChromium()
  if (found) return found
  say('installing Chromium, in which the console is tested (apt-get install chromium)')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const quiet = { env, stdio: ['ignore', process.stderr, process.stderr] }
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
  ]) {
    const code = await runChild('apt-get', args, quiet).catch(() => -1)
    if (code !== 0) break
  }
  const installed = findChromium()
  if (installed) return installed
  throw new Error(
    'there is no Chromium, and it could not be installed: install it, or say where it is in CHROMIUM_PATH',
  )
}
