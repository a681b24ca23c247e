import { createRequire } from 'node:module'
import type { Duplex } from 'node:stream'

/* What is used of ssh2-sftp-client 12.1.1, which has no types of its own. */

interface ConnectOptions {
  readonly sock: Duplex
  readonly username: string
  readonly password?: string
  readonly privateKey?: string
  readonly passphrase?: string
  readonly readyTimeout: number
  readonly hostVerifier: (key: Buffer) => boolean
}

interface FileInfo {
  /** `-` for a plain file. */
  readonly type: string
  readonly name: string
  readonly size: number
  /** Milliseconds. */
  readonly modifyTime: number
}

export interface SftpClient {
  connect(options: ConnectOptions): Promise<unknown>
  list(path: string): Promise<FileInfo[]>
  get(path: string): Promise<unknown>
  put(bytes: Buffer, path: string): Promise<unknown>
  rename(from: string, to: string): Promise<unknown>
  delete(path: string, isMissingFine?: boolean): Promise<unknown>
  mkdir(path: string, isRecursive?: boolean): Promise<unknown>
  /** False, or `d`, `-`, `l`. */
  exists(path: string): Promise<false | string>
  end(): Promise<unknown>
}

interface Callbacks {
  readonly error: () => void
  readonly end: () => void
  readonly close: () => void
}

const require = createRequire(import.meta.url)

/** Without `callbacks` it writes to the console. */
export const SftpClient = require('ssh2-sftp-client') as new (
  name: string,
  callbacks: Callbacks,
) => SftpClient
