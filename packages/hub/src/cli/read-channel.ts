import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Channel, readManifest } from '../pipeline/channels.ts'
import type { ConfigFile } from '../pipeline/config-files.ts'
import { CliError } from './cli-error.ts'

/** The channels of a folder, in the order of their names. A folder without a channel.yaml is none. */
export async function listChannels(dir: string): Promise<Channel[]> {
  const entries = await readdir(dir, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const channels = await Promise.all(folders.toSorted().map((name) => readFolder(join(dir, name))))
  return channels.filter((one) => one !== null)
}

/** @throws {CliError} when there is no channel of that name. */
export async function readChannel(dir: string, key: string): Promise<Channel> {
  const found = (await listChannels(dir)).find(({ manifest }) => manifest.key === key)
  if (found) return found
  throw new CliError('notFound', `There is no channel ${key}. See: backhaul channel list`)
}

async function readFolder(folder: string): Promise<Channel | null> {
  const names = await readdir(folder)
  if (!names.includes('channel.yaml')) return null
  const manifest = readManifest(await readFile(join(folder, 'channel.yaml'), 'utf8'))
  const files: ConfigFile[] = []
  for (const part of ['mappings', 'vocabularies'].filter((name) => names.includes(name))) {
    for (const name of (await readdir(join(folder, part))).toSorted()) {
      const path = `${part}/${name}`
      files.push({ path, text: await readFile(join(folder, path), 'utf8') })
    }
  }
  return { manifest, files }
}
