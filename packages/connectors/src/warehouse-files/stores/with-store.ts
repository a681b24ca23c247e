import { join } from 'node:path'
import { type GuardedDial, TerminalError } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import type { FileStore } from './file-store.ts'
import { openFolder } from './folder-store.ts'
import { openSftp } from './sftp-store.ts'

export interface StoreCaller {
  readonly config: Config
  readonly dial: GuardedDial
  readonly signal: AbortSignal
}

/** Opens the place of a connection, and closes it after `use`, whatever comes of it. */
export async function withStore<T>(
  { config, dial, signal }: StoreCaller,
  use: (store: FileStore) => Promise<T>,
): Promise<T> {
  if (config.sftp === undefined) return use(await openFolder(rootOf(config)))
  const { store, close } = await openSftp(config.sftp, { dial, signal })
  try {
    return await use(store)
  } finally {
    await close()
  }
}

function rootOf({ path }: Config): string {
  if (path === undefined) throw new TerminalError({ code: 'NOT_CONFIGURED' })
  return join(path)
}
