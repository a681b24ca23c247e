import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

import { runChild } from './child.mjs'

const heartbeatMs = 15_000

/**
 * Says whether node_modules is what package-lock.json asks for, without asking npm.
 *
 * It is when our stamp says so, and also when npm's own record of what it installed
 * (node_modules/.package-lock.json, written last) agrees with the lockfile: somebody ran `npm ci`.
 */
export function isInstalled(base) {
  const lockText = readFileSync(join(base, 'package-lock.json'), 'utf8')
  const runtime = `node ${process.versions.node.split('.')[0]} ${process.platform}-${process.arch}`
  const wanted = `${createHash('sha256').update(lockText).digest('hex')} ${runtime}\n`
  const stamp = readIfThere(stampFile(base))
  if (stamp === wanted) return true
  if (stamp !== null && !stamp.endsWith(` ${runtime}\n`)) return false
  const installed = readIfThere(join(base, 'node_modules', '.package-lock.json'))
  if (installed === null) return false
  if (!agrees(JSON.parse(lockText).packages, JSON.parse(installed).packages)) return false
  markInstalled(base, wanted)
  return true
}

/**
 * Installs by lockfile. `onStart` gets npm's process id.
 *
 * @throws {Error} where npm cannot be started or fails; the message says what to do.
 */
export async function install(base, { say, onStart }) {
  say('installing the packages named in package-lock.json (needs the network, once)')
  const [command, ...before] = findNpm()
  const args = [...before, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const startedAt = Date.now()
  const heartbeat = setInterval(() => {
    say(`still installing (${Math.round((Date.now() - startedAt) / 1000)} s)`)
  }, heartbeatMs)
  try {
    const code = await runChild(command, [...args, '--loglevel=error'], {
      cwd: base,
      onStart,
      shell: command === 'npm.cmd',
      // What npm says is talk; stdout belongs to the program that is started.
      stdio: ['ignore', process.stderr, process.stderr],
    })
    if (code !== 0) {
      throw new Error(
        `npm ci failed (exit code ${code}) and says why above; is the registry reachable?`,
      )
    }
  } catch (error) {
    if (error.code === 'ENOENT') {
      throw new Error('npm was not found; it comes with Node.js', { cause: error })
    }
    throw error
  } finally {
    clearInterval(heartbeat)
  }
  if (!isInstalled(base)) throw new Error('npm ci ended well, but packages are missing')
}

/** npm as a program: the one that started us, the one beside this node, or the one on the PATH. */
function findNpm() {
  const nodeFolder = dirname(process.execPath)
  const candidates = [
    process.env.npm_execpath,
    resolve(nodeFolder, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(nodeFolder, 'node_modules/npm/bin/npm-cli.js'),
  ]
  const script = candidates.find((path) => path?.endsWith('npm-cli.js') && existsSync(path))
  if (script) return [process.execPath, script]
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm']
}

function agrees(wanted, installed) {
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || !path.includes('node_modules/')) return true
    const found = installed[path]
    if (!found) return mayBeAbsent(entry)
    return found.version === entry.version && found.integrity === entry.integrity
  })
}

/** An optional package is left out on other platforms, and so is what only such a package needs. */
function mayBeAbsent({ os, cpu, libc, optional }) {
  if (!optional) return false
  const isForThisPlatform = os?.includes(process.platform) && cpu?.includes(process.arch)
  return !isForThisPlatform || libc !== undefined
}

function markInstalled(base, text) {
  try {
    writeFileSync(stampFile(base), text)
  } catch (error) {
    // Another user's folder: what npm recorded is read again at the next start instead.
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error
  }
}

function stampFile(base) {
  return join(base, 'node_modules', '.backhaul-installed')
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}
