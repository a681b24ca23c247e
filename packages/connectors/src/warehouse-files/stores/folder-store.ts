import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { RetryableError, TerminalError } from '@backhaul/sdk/connector'
import { type FileStore, temporaryName } from './file-store.ts'

/** By this file the owner of a folder agrees that the hub works in it: who may set up a connection need not be them. */
export const markerName = '.backhaul-exchange'

/**
 * A folder of this machine.
 *
 * @throws {TerminalError} FOLDER_NOT_MARKED.
 */
export async function openFolder(root: string): Promise<FileStore> {
  const marker = await attempt(() => stat(join(root, markerName)))
  if (marker?.isFile() !== true) {
    const reason = `the folder holds no file ${markerName}`
    throw new TerminalError({ code: 'FOLDER_NOT_MARKED', reason })
  }
  const at = (path: string) => join(root, path)
  return {
    async list(folder) {
      const entries = (await attempt(() => readdir(at(folder), { withFileTypes: true }))) ?? []
      const files = entries.filter((entry) => entry.isFile())
      const found = files.map(async ({ name }) => {
        const about = await attempt(() => stat(at(`${folder}/${name}`)))
        return about === null ? [] : [{ name, size: about.size, modifiedAt: about.mtime }]
      })
      return (await Promise.all(found)).flat()
    },
    read: (path) => attempt(() => readFile(at(path))),
    write: (path, bytes) => writeWhole(at(path), bytes),
    async move(from, to) {
      await attempt(() => mkdir(dirname(at(to)), { recursive: true }))
      const there = await attempt(() => readFile(at(to)))
      if (there === null) await attempt(() => rename(at(from), at(to)))
      else if (there.equals((await attempt(() => readFile(at(from)))) ?? there)) {
        await attempt(() => rm(at(from), { force: true }))
      } else throw new TerminalError({ code: 'FILE_EXISTS', reason: 'another file lies there' })
    },
  }
}

async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  await attempt(() => mkdir(dirname(path), { recursive: true }))
  const beside = temporaryName(path)
  await attempt(async () => {
    const file = await open(beside, 'w')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
  })
  try {
    // A link replaces nothing, as a rename would.
    await link(beside, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw failed(error)
    throw new TerminalError({ code: 'FILE_EXISTS', reason: 'another file lies there' })
  } finally {
    await attempt(() => rm(beside, { force: true }))
  }
}

/** Null where there is no such file or folder. */
async function attempt<T>(act: () => Promise<T>): Promise<T | null> {
  try {
    return await act()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw failed(error)
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'UNKNOWN'
}

function failed(cause: unknown): RetryableError {
  const reason = `the folder answers ${codeOf(cause)}`
  return new RetryableError({ code: 'FOLDER_UNAVAILABLE', reason, cause })
}
