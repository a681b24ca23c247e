import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const pollMs = 200
/** A lock file without content this old was left by a process that died while writing it. */
const halfWrittenMs = 5000

/**
 * Runs `work` while this process alone holds the lock file; waits for a living holder and takes
 * over from a dead one. `work` gets `cover(pid)`: the lock then also counts as held for as long as
 * that child lives, so that a killed parent's child is not run a second time beside itself.
 */
export async function withLock(file, { say, work }) {
  await acquire(file, say)
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await work((pid) => writeHolders(file, [identify(process.pid), identify(pid)]))
  } finally {
    process.removeListener('exit', release)
    release()
  }
}

async function acquire(file, say) {
  let hasSaid = false
  for (;;) {
    if (tryCreate(file, JSON.stringify([identify(process.pid)]))) return
    const found = readText(file)
    if (found === null) continue
    if (isStale(file, found)) {
      takeOver(file, found)
      continue
    }
    if (!hasSaid) say('another start is installing or building; waiting for it')
    hasSaid = true
    await sleep(pollMs)
  }
}

/** Removes the dead lock, behind a second lock: between two that find it dead, one must not remove the other's new one. */
function takeOver(file, found) {
  const guard = `${file}.takeover`
  if (!tryCreate(guard, '')) {
    if (ageMs(guard) > halfWrittenMs) rmSync(guard, { force: true })
    return
  }
  try {
    if (readText(file) === found) rmSync(file, { force: true })
  } finally {
    rmSync(guard, { force: true })
  }
}

function tryCreate(file, text) {
  try {
    writeFileSync(file, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function writeHolders(file, holders) {
  writeFileSync(`${file}.new`, JSON.stringify(holders))
  renameSync(`${file}.new`, file)
}

function isStale(file, text) {
  let holders
  try {
    holders = JSON.parse(text)
  } catch {
    return ageMs(file) > halfWrittenMs
  }
  return !holders.some(isAlive)
}

function isAlive({ pid, startedAt }) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code !== 'EPERM') return false
  }
  // A process id is used again, in a container within seconds; the start time tells the two apart.
  return identify(pid).startedAt === startedAt
}

/** `startedAt`: the process's start in clock ticks since boot where /proc tells it, else ''. */
function identify(pid) {
  const stat = readText(`/proc/${pid}/stat`) ?? ''
  // Fields are counted after the command's name, which may hold spaces and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { pid, startedAt: fields[0] === 'Z' ? 'ended' : (fields[19] ?? '') }
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null
    throw error
  }
}

function ageMs(file) {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return 0
  }
}
