import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connections } from '../../connect/connections.ts'
import type { Clock } from '../../platform/clock.ts'
import { HubError } from '../../platform/errors.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Receiver } from '../receive.ts'
import { assertTakesFiles, fileMessages, type GivenFile } from './file-messages.ts'

export interface DropFolderDeps {
  /** Holds a folder for each connection, with one for each topic in it. */
  readonly dir: string
  readonly sizeLimitBytes: number
  readonly connections: Pick<Connections, 'get'>
  readonly receiver: Pick<Receiver, 'receive'>
  readonly clock: Clock
  readonly log: Logger
}

/** A file that was written to within this time may not be whole yet. */
const restMs = 2_000
const actor = 'folder'
/** Names of programs that are still writing, and give a file its name when it is whole. */
const unfinished = /^\.|\.(tmp|part|partial|filepart|crdownload)$/i

interface Found extends Pick<GivenFile, 'connectionId' | 'topic'> {
  readonly folder: string
  readonly name: string
}

/**
 * Takes in what lies in `<dir>/<connection>/<topic>/` and moves it to `done` there, or to `refused` where it
 * can never be taken. A hub that dies in between finds the file again, and it is a repeat.
 *
 * @returns a step that says how many files it took in.
 */
export function createDropFolder(deps: DropFolderDeps): () => Promise<number> {
  return async () => {
    let taken = 0
    for (const found of await listFiles(deps)) {
      const verdict = await takeFile(deps, found)
      if (verdict === 'later') continue
      await moveTo(found, verdict)
      taken += verdict === 'done' ? 1 : 0
    }
    return taken
  }
}

async function listFiles({ dir }: DropFolderDeps): Promise<Found[]> {
  const found: Found[] = []
  for (const connectionId of await foldersIn(dir)) {
    for (const topic of await foldersIn(join(dir, connectionId))) {
      const folder = join(dir, connectionId, topic)
      const entries = await readdir(folder, { withFileTypes: true })
      const files = entries.filter((entry) => entry.isFile() && !unfinished.test(entry.name))
      for (const { name } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
        found.push({ connectionId, topic, folder, name })
    }
  }
  return found
}

async function foldersIn(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true })
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted()
  } catch {
    // Not there yet, or no longer.
    return []
  }
}

async function takeFile(
  { sizeLimitBytes, connections, receiver, clock, log }: DropFolderDeps,
  found: Found,
): Promise<'done' | 'refused' | 'later'> {
  const path = join(found.folder, found.name)
  const { connectionId, topic, name } = found
  try {
    const { mtimeMs, size } = await stat(path)
    if (clock.now().getTime() - mtimeMs < restMs) return 'later'
    if (size > sizeLimitBytes) throw new HubError('PAYLOAD_TOO_LARGE', 'The file is too large.')
    assertTakesFiles(connections, found)
    const messages = await fileMessages({
      connectionId,
      topic,
      name,
      bytes: await readFile(path),
      actor,
    })
    for (const message of messages) await receiver.receive(message)
    log.info({ connectionId, topic, file: name, messages: messages.length }, 'file taken in')
    return 'done'
  } catch (error) {
    const isForGood = error instanceof HubError && refusals.has(error.code)
    log.warn({ connectionId, topic, file: name, err: error }, 'file not taken in')
    return isForGood ? 'refused' : 'later'
  }
}

const refusals: ReadonlySet<string> = new Set(['PAYLOAD_TOO_LARGE', 'VALIDATION_FAILED'])

/** Beside the file, so that moving it is one step; a name that is taken there gets a number. */
async function moveTo({ folder, name }: Found, where: 'done' | 'refused'): Promise<void> {
  const target = join(folder, where)
  await mkdir(target, { recursive: true })
  const taken = new Set(await readdir(target))
  let free = name
  for (let number = 2; taken.has(free); number += 1) free = `${number}-${name}`
  await rename(join(folder, name), join(target, free))
}
