import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../logger.ts'
import { ensureDataDir, isSystemError } from '../private-files.ts'
import { type Account, chooseAccount } from './account.ts'
import { prepareBinaries } from './binaries.ts'
import {
  checkVersion,
  clusterAccount,
  clusterFolder,
  createCluster,
  hasCluster,
} from './cluster.ts'
import { ensureRunning } from './ensure-running.ts'
import { embeddedDatabaseFailure } from './failure.ts'
import { makeHome } from './home.ts'
import { withFolderLock } from './lock.ts'
import { stopPostmaster } from './postmaster.ts'
import { findPostmaster } from './postmaster-file.ts'
import { type Server, serverUrl } from './server.ts'
import {
  newRecord,
  readRecord,
  recordPath,
  type ServerRecord,
  writeRecord,
} from './server-record.ts'
import { enterUser, leaveUser } from './users.ts'
import { type Watch, watchServer } from './watch.ts'

export type EmbeddedPostgresOptions = {
  /** The hub's data folder; made where it does not exist. */
  readonly dataDir: string
  readonly log: Logger
  /** Told what takes longer than a moment, such as the first start. */
  readonly onProgress?: (step: string) => void
  /** Settings of `postgresql.conf` over the supervisor's own. */
  readonly settings?: Readonly<Record<string, string>>
  /** Whether to start the server again when it dies. On unless said otherwise. */
  readonly watch?: boolean
}

export type EmbeddedPostgres = {
  /** With the password. It stays the same as long as this process runs. */
  readonly url: string
  /** The server's first process; another one after a restart. */
  readonly pid: number
  /** Whether the server was running already: used by another hub, or left behind by one. */
  readonly adopted: boolean
  /** Leaves the server, and stops it where no other process uses it. Safe to call twice. */
  readonly stop: () => Promise<void>
}

/**
 * Runs a PostgreSQL of the hub's own, with its data in the data folder.
 *
 * The first start creates it. Every start adopts a server that runs on the folder already, whoever
 * started it; the last process that uses it stops it.
 *
 * It does not run as root. Where the hub does, it runs as the account `postgres` or `nobody`; where
 * that account may not enter the data folder, its data lies under /var/lib/backhaul, and `home` in
 * the data folder's `embedded-postgres.json` says where.
 *
 * @throws {HubError} EMBEDDED_DATABASE_FAILED, with what a person can do about it.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  try {
    await ensureDataDir(options.dataDir)
    const dataDir = await realpath(options.dataDir)
    return await withFolderLock(dataDir, () => startLocked({ ...options, dataDir }))
  } catch (error) {
    if (!isSystemError(error, 'EACCES', 'EPERM', 'EROFS')) throw error
    throw embeddedDatabaseFailure(
      `The data folder ${options.dataDir} cannot be used by this user: ${(error as Error).message}. ` +
        'Start the hub as the user that it was first started as, or set BACKHAUL_DATA_DIR.',
      error,
    )
  }
}

async function startLocked(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const server = await prepareServer(options)
  const usersFolder = join(server.home, 'users')
  const user = await enterUser(usersFolder)
  try {
    const { pid, adopted } = await ensureRunning(server, { mayChangePort: true })
    const watch = options.watch === false ? null : watchServer(server, pid)
    const leave = once(() => leaveServer({ server, watch, usersFolder, user }))
    return {
      url: serverUrl(server.record),
      get pid() {
        return watch?.pid() ?? pid
      },
      adopted,
      stop: leave,
    }
  } catch (error) {
    await leaveUser(usersFolder, user)
    throw error
  }
}

async function prepareServer(options: EmbeddedPostgresOptions): Promise<Server> {
  const { dataDir, log, onProgress = () => {}, settings = {} } = options
  const chosen = await chooseAccount()
  const record =
    (await readRecord(dataDir)) ?? (await firstRecord({ dataDir, account: chosen, log }))
  const home = record.home ?? join(dataDir, 'postgres')
  const isNew = !(await hasCluster(home))
  if (isNew && record.isProvisioned) {
    throw embeddedDatabaseFailure(
      `The database folder ${clusterFolder(home)} is gone. Put it back, or delete ` +
        `${recordPath(dataDir)} to begin with an empty database.`,
    )
  }
  const account = isNew ? chosen : await clusterAccount(home, chosen)
  const binaries = await prepareBinaries({ home, account, onProgress })
  if (isNew) {
    onProgress('creating the database, which takes a second or two')
    await createCluster({ home, account, binaries, adminPassword: record.adminPassword })
  } else {
    await checkVersion(home, binaries)
  }
  const cluster = await realpath(clusterFolder(home))
  return { dataDir, home, cluster, account, binaries, log, onProgress, settings, record }
}

async function firstRecord(options: {
  readonly dataDir: string
  readonly account: Account
  readonly log: Logger
}): Promise<ServerRecord> {
  const { dataDir, account, log } = options
  const home = await makeHome(dataDir, account)
  if (await hasCluster(home.path)) {
    throw embeddedDatabaseFailure(
      `There is a database in ${home.path}, but ${recordPath(dataDir)}, which holds its password, ` +
        'is gone. Put it back, or move the database away to begin with an empty one.',
    )
  }
  if (home.isOutside) {
    log.warn(
      { folder: home.path },
      'the database is kept outside the data folder, which its account may not enter',
    )
  }
  const record = await newRecord(home.isOutside ? home.path : null)
  await writeRecord(dataDir, record)
  return record
}

async function leaveServer(options: {
  readonly server: Server
  readonly watch: Watch | null
  readonly usersFolder: string
  readonly user: { readonly file: string }
}): Promise<void> {
  const { server, watch, usersFolder, user } = options
  await watch?.close()
  await withFolderLock(server.dataDir, async () => {
    const others = await leaveUser(usersFolder, user)
    if (others.length > 0) {
      server.log.info({ usedBy: others }, 'the embedded database stays up for other processes')
      return
    }
    const postmaster = await findPostmaster(server.cluster)
    if (postmaster) await stopPostmaster(postmaster.pid)
  })
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= work())
}
