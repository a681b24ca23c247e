import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import {
  type GuardedDial,
  networkFailure,
  RetryableError,
  TerminalError,
} from '@backhaul/sdk/connector'
import type { SftpConfig } from '../config.ts'
import { type FileStore, folderOf, temporaryName } from './file-store.ts'
import { SftpClient } from './ssh2-sftp-client.ts'

const readyTimeoutMs = 10_000
const nothing = (): undefined => undefined

/**
 * A folder of an SFTP server, over a socket of the hub's. The server is known by its key before anything is said to it.
 *
 * @throws {TerminalError} HOST_KEY_UNKNOWN, with the fingerprint that was shown.
 * @throws {RetryableError} AUTH_REJECTED, CONNECT_FAILED, TIMEOUT.
 */
export async function openSftp(
  config: SftpConfig,
  { dial, signal }: { readonly dial: GuardedDial; readonly signal: AbortSignal },
): Promise<{ readonly store: FileStore; readonly close: () => Promise<void> }> {
  const { host, port } = config
  const sock = await dial({ host, port, signal })
  // A connection that ends early is told to whoever waits for an answer; nobody else has to be.
  const client = new SftpClient('sftp', { error: nothing, end: nothing, close: nothing })
  let shown: string | null = null
  const hostVerifier = (key: Buffer): boolean => {
    shown = fingerprintOf(key)
    return config.hostKeys.includes(shown)
  }
  const { user: username, password, privateKey, passphrase } = config
  const given = { password, privateKey, passphrase }
  const credentials = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  )
  try {
    const options = { sock, username, ...credentials, readyTimeout: readyTimeoutMs, hostVerifier }
    await client.connect(options)
  } catch (cause) {
    sock.destroy()
    throw connectFailure(cause, { shown, config, signal })
  }
  const close = async () => {
    await client.end().catch(() => undefined)
    sock.destroy()
  }
  return { store: storeOf(client, { root: config.root, signal }), close }
}

/** As `ssh-keygen -lf` shows it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

function connectFailure(
  cause: unknown,
  at: { readonly shown: string | null; readonly config: SftpConfig; readonly signal: AbortSignal },
): Error {
  if (at.shown !== null && !at.config.hostKeys.includes(at.shown)) {
    const reason = `the server showed the key ${at.shown}, which is none of \`hostKeys\``
    return new TerminalError({ code: 'HOST_KEY_UNKNOWN', reason })
  }
  const level = cause instanceof Error && 'level' in cause ? cause.level : undefined
  const text = cause instanceof Error ? cause.message : ''
  // ssh2 says it by its level; ssh2-sftp-client 12 keeps the message only.
  if (level === 'client-authentication' || /authentication methods failed/i.test(text)) {
    return new RetryableError({ code: 'AUTH_REJECTED' })
  }
  const code = at.signal.aborted ? 'TIMEOUT' : 'CONNECT_FAILED'
  return networkFailure({ code, isSent: false, isRead: false })
}

interface At {
  readonly root: string
  readonly signal: AbortSignal
}

function storeOf(client: SftpClient, at: At): FileStore {
  const below = (path: string) => posix.join(at.root, path)
  const reading = <T>(act: () => Promise<T>) => calling(act, { ...at, isRead: true })
  const writing = <T>(act: () => Promise<T>) => calling(act, { ...at, isRead: false })
  const isThere = (path: string) => reading(() => client.exists(below(path)))
  const makeFolder = async (path: string) => {
    if ((await isThere(path)) === false) await reading(() => client.mkdir(below(path), true))
  }
  const read: FileStore['read'] = async (path) => {
    if ((await isThere(path)) === false) return null
    const bytes = await reading(() => client.get(below(path)))
    return Buffer.isBuffer(bytes) ? bytes : null
  }
  return {
    async list(folder) {
      if ((await isThere(folder)) === false) return []
      const entries = await reading(() => client.list(below(folder)))
      return entries
        .filter(({ type }) => type === '-')
        .map(({ name, size, modifyTime }) => ({ name, size, modifiedAt: new Date(modifyTime) }))
    },
    read,
    async write(path, bytes) {
      await makeFolder(folderOf(path))
      const beside = temporaryName(path)
      // Under this name it is nothing to anybody: writing it again is harmless.
      await reading(() => client.put(bytes, below(beside)))
      // Version 3 of the protocol refuses to replace a file by a rename.
      await writing(() => client.rename(below(beside), below(path)))
    },
    async move(from, to) {
      await makeFolder(folderOf(to))
      const there = await read(to)
      if (there === null) {
        await writing(() => client.rename(below(from), below(to)))
        return
      }
      const mine = await read(from)
      if (mine !== null && !mine.equals(there)) {
        throw new TerminalError({ code: 'FILE_EXISTS', reason: 'another file lies there' })
      }
      await writing(() => client.delete(below(from), true))
    },
  }
}

/** Codes of SFTP version 3 (draft-ietf-secsh-filexfer-02, section 7) by which the server has answered no. */
const refusals: Readonly<Record<string, string>> = {
  '2': 'FILE_MISSING',
  '3': 'FILE_FORBIDDEN',
  '4': 'FILE_REFUSED',
  '8': 'FILE_REFUSED',
}

async function calling<T>(
  act: () => Promise<T>,
  { signal, isRead }: { readonly signal: AbortSignal; readonly isRead: boolean },
): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const refused = refusals[code] ?? namedRefusals[code]
    if (refused !== undefined) throw new RetryableError({ code: refused })
    const lost = signal.aborted ? 'TIMEOUT' : 'CONNECTION_LOST'
    throw networkFailure({ code: lost, isSent: true, isRead })
  }
}

/** What ssh2-sftp-client makes of some of them. */
const namedRefusals: Readonly<Record<string, string>> = {
  ENOENT: 'FILE_MISSING',
  EACCES: 'FILE_FORBIDDEN',
  EPERM: 'FILE_FORBIDDEN',
  ERR_BAD_PATH: 'FILE_MISSING',
}
