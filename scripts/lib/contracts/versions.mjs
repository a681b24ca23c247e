import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { filesBelow } from '../paths.mjs'
import { findBreaks } from './find-breaks.mjs'

/** What is frozen in a version. The entities of the API are versioned by its path. */
const kinds = ['events', 'commands']
const digestFile = 'SHA256'

/**
 * Compares the schemas in `contracts/json-schema` with every version in `contracts/versions`.
 *
 * @returns a line for each contract that old and new cannot share, and for each version that is not
 * what was frozen.
 */
export function checkVersions(base) {
  const versions = listVersions(base)
  if (versions.length === 0) return ['contracts/versions: there is no version to compare with']
  return versions.flatMap((version) => [
    ...checkDigest(base, version),
    ...kinds.flatMap((kind) => compareKind(base, { version, kind })),
  ])
}

/** The versions there are: v1, v2, …, in that order. */
export function listVersions(base) {
  const folder = join(base, 'contracts', 'versions')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /^v\d+$/.test(name))
    .toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
}

/** Keeps today's schemas as a version of their own. @throws {Error} where the version exists. */
export function freezeVersion(base, version) {
  const folder = join(base, 'contracts', 'versions', version)
  if (existsSync(folder)) throw new Error(`${version} is frozen already`)
  for (const kind of kinds) {
    cpSync(join(base, 'contracts', 'json-schema', kind), join(folder, kind), { recursive: true })
  }
  writeFileSync(join(folder, digestFile), `${digestOf(folder)}\n`)
}

function checkDigest(base, version) {
  const folder = join(base, 'contracts', 'versions', version)
  const file = join(folder, digestFile)
  const isIntact = existsSync(file) && readFileSync(file, 'utf8').trim() === digestOf(folder)
  return isIntact ? [] : [`${version}: is not what was frozen; a published version does not change`]
}

function digestOf(folder) {
  const hash = createHash('sha256')
  for (const kind of kinds) {
    for (const file of filesBelow(join(folder, kind))) {
      hash.update(`${kind}/${basename(file)}\n`).update(readFileSync(file))
    }
  }
  return hash.digest('hex')
}

function compareKind(base, { version, kind }) {
  const today = join(base, 'contracts', 'json-schema', kind)
  return filesBelow(join(base, 'contracts', 'versions', version, kind)).flatMap((file) => {
    const name = basename(file)
    const subject = `${version} ${kind}/${basename(name, '.json')}`
    if (!existsSync(join(today, name)))
      return [`${subject}: is gone; what was published stays readable`]
    return findBreaks(readSchema(file), readSchema(join(today, name))).map(
      ({ path, breaks, what }) => `${subject} ${path || '/'}: breaks ${breaks} readers: ${what}`,
    )
  })
}

function readSchema(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}
