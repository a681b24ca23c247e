/**
 * `node scripts/check-contracts.mjs [--freeze vN] [--root FOLDER]`
 *
 * Fails where today's events and commands and any published version of them cannot be read by each
 * other's readers; lib/contracts/find-breaks.mjs has the rules. --freeze keeps today's schemas as a
 * new version, which never changes again.
 */
import { parseArgs } from 'node:util'

import { checkVersions, freezeVersion, listVersions } from './lib/contracts/versions.mjs'
import { root } from './lib/paths.mjs'

const { values } = parseArgs({ options: { freeze: { type: 'string' }, root: { type: 'string' } } })
const base = values.root ?? root

if (values.freeze !== undefined) {
  const next = `v${listVersions(base).length + 1}`
  if (values.freeze !== next) {
    console.log(`the next version is ${next}`)
    process.exit(2)
  }
  freezeVersion(base, next)
}
const breaks = checkVersions(base)
for (const line of breaks) console.log(line)
process.exitCode = breaks.length > 0 ? 1 : 0
