import type { Config } from './config.ts'
import { hashOf, type PendingFile, unreadHash } from './cursor.ts'
import type { FileStore } from './stores/file-store.ts'
import { acknowledgmentOf, isAcknowledged } from './x12/acknowledge.ts'
import { readInterchange } from './x12/envelope.ts'

/**
 * Acknowledges and archives a file that the hub has kept. Safe to repeat: the acknowledgment has a name and a number of
 * its own, and comes first, so that a file that is gone was acknowledged.
 */
export async function settle(
  store: FileStore,
  { name, hash, ack }: PendingFile,
  { config, now }: { readonly config: Config; readonly now: Date },
): Promise<void> {
  const path = `${config.inbound}/${name}`
  if (hash === unreadHash) {
    await store.move(path, `${config.refused}/${name}`)
    return
  }
  const bytes = await store.read(path)
  // Another file by this name is taken in by itself.
  if (bytes === null || hashOf(bytes).slice(0, 16) !== hash) return
  if (ack !== null) await acknowledge(store, bytes, { config, now, ack })
  await store.move(path, `${config.archive}/${hash.slice(0, 8)}-${name}`)
}

async function acknowledge(
  store: FileStore,
  bytes: Buffer,
  { config, now, ack }: { readonly config: Config; readonly now: Date; readonly ack: number },
): Promise<void> {
  const interchange = readInterchange(bytes)
  if (interchange === null || !isAcknowledged(interchange)) return
  const name = `997-${String(ack).padStart(9, '0')}.edi`
  for (const folder of [config.outbound, config.taken]) {
    if ((await store.read(`${folder}/${name}`)) !== null) return
  }
  const text = acknowledgmentOf(interchange, { controlNumber: ack, now })
  await store.write(`${config.outbound}/${name}`, Buffer.from(text, 'latin1'))
}
