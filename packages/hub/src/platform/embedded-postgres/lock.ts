import { unlinkSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { sha256Hex } from '../crypto/hash.ts'
import { isSystemError } from '../private-files.ts'
import { embeddedDatabaseFailure } from './failure.ts'

const retryMs = 25
const giveUpAfterMs = 180_000

/**
 * Runs `work` while no other process on this machine does the same for `folder`.
 *
 * The lock is a listening socket, which the kernel frees when its process ends, however it ends: a
 * lock file would have to be told from one that a killed process left behind.
 */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const server = await acquire(socketName(folder))
  try {
    return await work()
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

function socketName(folder: string): string {
  const name = `backhaul-${sha256Hex(folder).slice(0, 24)}`
  // A leading NUL means Linux's abstract namespace: no file, and gone with its process.
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`)
}

async function acquire(name: string): Promise<Server> {
  const deadline = performance.now() + giveUpAfterMs
  while (performance.now() < deadline) {
    const server = await tryListen(name)
    if (server) return server
    if (!name.startsWith('\0') && (await isAbandoned(name))) removeSocketFile(name)
    await delay(retryMs)
  }
  throw embeddedDatabaseFailure('Another process has been starting this database for minutes.')
}

function tryListen(name: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error) => {
      if (isSystemError(error, 'EADDRINUSE')) resolve(null)
      else reject(error)
    })
    server.listen({ path: name, exclusive: true }, () => resolve(server))
  })
}

/** Outside Linux the socket is a file, and stays behind when its process is killed. */
function isAbandoned(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(name)
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', (error) => resolve(isSystemError(error, 'ECONNREFUSED')))
  })
}

function removeSocketFile(name: string): void {
  try {
    unlinkSync(name)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
  }
}
