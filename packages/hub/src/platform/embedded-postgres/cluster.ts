import {
  chown,
  lchown,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
} from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '../ids.ts'
import { isSystemError } from '../private-files.ts'
import { type Account, ownerOf, run } from './account.ts'
import type { Binaries } from './binaries.ts'
import { embeddedDatabaseFailure } from './failure.ts'
import { hostBasedAuthentication, localConf } from './server-settings.ts'

/** The folder with PostgreSQL's data, in the server's home. */
export function clusterFolder(home: string): string {
  return join(home, 'cluster')
}

export async function hasCluster(home: string): Promise<boolean> {
  try {
    await stat(clusterFolder(home))
    return true
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
}

/**
 * Who an existing cluster's server runs as: its owner. A cluster of root's, which came there by a
 * copy, is given to `account`.
 */
export async function clusterAccount(home: string, account: Account): Promise<Account> {
  const cluster = clusterFolder(home)
  const { uid, gid } = await stat(cluster)
  if (account.kind !== 'other') {
    if (uid === process.getuid?.()) return account
    throw embeddedDatabaseFailure(
      `The database in ${cluster} belongs to the user ${uid}. Start the hub as that user or as root.`,
    )
  }
  if (uid !== 0) return { kind: 'other', name: String(uid), uid, gid }
  await giveTo(cluster, account)
  return account
}

async function giveTo(
  folder: string,
  owner: { readonly uid: number; readonly gid: number },
): Promise<void> {
  await chown(folder, owner.uid, owner.gid)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await giveTo(path, owner)
    else await lchown(path, owner.uid, owner.gid)
  }
}

/** Makes a new cluster: whole, or not at all. */
export async function createCluster(options: {
  readonly home: string
  readonly account: Account
  readonly binaries: Binaries
  readonly adminPassword: string
}): Promise<void> {
  const { home, account, binaries } = options
  await removeDrafts(home)
  const draft = join(home, `cluster.${newId()}.draft`)
  await mkdir(draft, { mode: 0o700 })
  const owner = ownerOf(account)
  if (owner) await chown(draft, owner.uid, owner.gid)
  const { isOk, output } = await withPasswordFile(options, (passwordFile) =>
    run(account, binaries.initdb, [
      `--pgdata=${draft}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--data-checksums',
      '--no-instructions',
    ]),
  )
  if (!isOk) throw embeddedDatabaseFailure(`The database could not be created: ${output}`)
  await writeServerFile({ folder: draft, name: 'pg_hba.conf', account }, hostBasedAuthentication)
  await writeServerFile({ folder: draft, name: 'local.conf', account }, localConf)
  await rename(draft, clusterFolder(home))
}

/** What an interrupted first start left behind. */
async function removeDrafts(home: string): Promise<void> {
  const drafts = (await readdir(home)).filter((name) => name.endsWith('.draft'))
  for (const name of drafts) await rm(join(home, name), { recursive: true, force: true })
}

/** initdb takes the password from a file only: one that nobody else can read, and not for long. */
async function withPasswordFile<T>(
  options: {
    readonly home: string
    readonly account: Account
    readonly adminPassword: string
  },
  work: (path: string) => Promise<T>,
): Promise<T> {
  const { home, account, adminPassword } = options
  const path = join(home, `.${newId()}.draft`)
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(`${adminPassword}\n`)
    const owner = ownerOf(account)
    if (owner) await file.chown(owner.uid, owner.gid)
    return await work(path)
  } finally {
    await unlink(path)
    await file.close()
  }
}

/**
 * Puts a file into the server's own folder. The file is new each time: what another account could
 * have put in its place, such as a link to a file of root's, is not written through.
 */
export async function writeServerFile(
  place: { readonly folder: string; readonly name: string; readonly account: Account },
  content: string,
): Promise<void> {
  const path = join(place.folder, place.name)
  const draft = join(place.folder, `${place.name}.${newId()}`)
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(content)
    const owner = ownerOf(place.account)
    if (owner) await file.chown(owner.uid, owner.gid)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}

/** A server cannot use the files of another major version. */
export async function checkVersion(home: string, { major }: Binaries): Promise<void> {
  const path = join(clusterFolder(home), 'PG_VERSION')
  const found = (await readFile(path, 'utf8')).trim()
  if (found === major) return
  throw embeddedDatabaseFailure(
    `The database in ${home} was made by PostgreSQL ${found}, and this version of the hub brings ` +
      `PostgreSQL ${major}. Export the data with the version before, then import it here.`,
  )
}
