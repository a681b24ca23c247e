import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { newId } from '../ids.ts'
import { ensureDataDir } from '../private-files.ts'
import { type Account, ownerOf, run } from './account.ts'
import { embeddedDatabaseFailure } from './failure.ts'

/** Where a server goes whose account may not enter the data folder. */
const outsideFolder = '/var/lib/backhaul'

export type Home = {
  readonly path: string
  /** Whether it lies outside the data folder, and so is not moved or deleted with it. */
  readonly isOutside: boolean
}

/**
 * Makes the folder for a new server: `postgres` in the data folder, or, where the server's account
 * may not enter that (it lies in a home of root, say), a folder of its own under /var/lib/backhaul.
 */
export async function makeHome(dataDir: string, account: Account): Promise<Home> {
  const inside = join(dataDir, 'postgres')
  if (await makeReachable(inside, account)) return { path: inside, isOutside: false }
  // Only if it is empty, as it is when it was just made.
  await rmdir(inside).catch(() => {})
  const outside = join(outsideFolder, randomBytes(6).toString('hex'))
  if (await makeReachable(outside, account)) {
    await writeFile(join(outside, 'belongs-to'), `${dataDir}\n`, { mode: 0o600 })
    return { path: outside, isOutside: true }
  }
  throw embeddedDatabaseFailure(
    `PostgreSQL does not run as root, and the account that it would run as here may enter ` +
      `neither ${dataDir} nor ${outsideFolder}. Set BACKHAUL_DATA_DIR to a folder that it ` +
      'may pass through, start the hub as an ordinary user, or set DATABASE_URL.',
  )
}

async function makeReachable(path: string, account: Account): Promise<boolean> {
  try {
    await ensureDataDir(dirname(path))
    await mkdir(path, { recursive: true })
    // Others pass through to the server's own folder, but cannot list this one. Set by chmod,
    // since mkdir's mode is cut by the umask.
    await chmod(path, account.kind === 'self' ? 0o700 : 0o711)
  } catch (error) {
    if (ownerOf(account)) return false
    throw error
  }
  return canReach(path, account)
}

/** Asks the system by trying, because ancestors, access lists and containers all have a say. */
async function canReach(path: string, account: Account): Promise<boolean> {
  const trial = join(path, `.${newId()}.trial`)
  await mkdir(trial, { mode: 0o700 })
  try {
    const owner = ownerOf(account)
    if (owner) await chown(trial, owner.uid, owner.gid)
    return (await run(account, '/bin/sh', ['-c', 'test -w "$0"', trial])).isOk
  } finally {
    await rm(trial, { recursive: true })
  }
}
