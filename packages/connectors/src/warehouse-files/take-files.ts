import type { PollDefinition, PolledMessage, PollPage, PollPull } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import {
  type Cursor,
  hashOf,
  nextControlNumber,
  type PendingFile,
  readCursor,
  unreadHash,
  writeCursor,
} from './cursor.ts'
import { settle } from './settle.ts'
import { type FileStore, type FoundFile, isFinalName } from './stores/file-store.ts'
import { withStore } from './stores/with-store.ts'
import { type Interchange, readInterchange } from './x12/envelope.ts'

/** Files on a page, at most; each of them stands in the cursor until it is archived. */
const mostFiles = 20
const mostBytes = 8_000_000
const longestName = 100

/**
 * Takes what the warehouse has put there, oldest name first. A page first archives and acknowledges what the page before
 * it has read, and by its cursor is known to be kept; then it reads on.
 */
export const takeFiles: PollDefinition<Config> = {
  everySeconds: 60,
  pull: (page) => withStore(page, (store) => takePage(store, page)),
}

async function takePage(store: FileStore, page: PollPull<Config>): Promise<PollPage> {
  const { config, now, limit } = page
  const before = readCursor(page.cursor)
  for (const pending of before.pending) await settle(store, pending, { config, now })
  const found = (await store.list(config.inbound)).filter((file) => isDue(file, { config, now }))
  const files = found.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const taken = await readFiles(store, files.slice(0, Math.min(limit, mostFiles)), { config, now })
  let last = before.last
  const pending = taken.map(({ name, hash, interchange }): PendingFile => {
    if (interchange === null || !config.acknowledges) return { name, hash, ack: null }
    last = nextControlNumber(last, now)
    return { name, hash, ack: last }
  })
  const cursor: Cursor = { last, pending }
  return {
    messages: taken.flatMap(({ messages }) => messages),
    cursor: writeCursor(cursor),
    // There is more to do at once: what was read now is to be archived.
    hasMore: pending.length > 0,
  }
}

function isDue(
  { name, modifiedAt }: FoundFile,
  { config, now }: { readonly config: Config; readonly now: Date },
): boolean {
  const ageMs = now.getTime() - modifiedAt.getTime()
  // Whose clock is ahead of ours would never be old enough.
  const isAtRest = ageMs < 0 || ageMs >= config.restSeconds * 1_000
  return isFinalName(name) && name.length <= longestName && isAtRest
}

interface TakenFile {
  readonly name: string
  readonly hash: string
  readonly interchange: Interchange | null
  readonly messages: readonly PolledMessage[]
}

/** An interchange without its end is still written, unless it has been so for this long: then people look at it. */
const unfinishedMs = 10 * 60_000

async function readFiles(
  store: FileStore,
  files: readonly FoundFile[],
  { config, now }: { readonly config: Config; readonly now: Date },
): Promise<TakenFile[]> {
  const taken: TakenFile[] = []
  let total = 0
  for (const { name, size, modifiedAt } of files) {
    const path = `${config.inbound}/${name}`
    if (size > config.maxFileBytes) {
      taken.push(tooLarge(name, size))
      continue
    }
    if (total + size > mostBytes && taken.length > 0) break
    const bytes = await store.read(path)
    if (bytes === null) continue
    total += bytes.length
    const interchange = readInterchange(bytes)
    const isYoung = now.getTime() - modifiedAt.getTime() < unfinishedMs
    if (interchange !== null && !interchange.isWhole && isYoung) continue
    const messages = messagesOf(bytes, interchange, config)
    taken.push({ name, hash: hashOf(bytes).slice(0, 16), interchange, messages })
  }
  return taken
}

/** The topic under which a file is told that was not read: it waits for a person, whatever documents there are. */
const refusedTopic = 'refused-file'

function tooLarge(name: string, size: number): TakenFile {
  const body = { file: name, bytes: size, reason: 'larger than maxFileBytes' }
  const messageId = `refused:${hashOf(Buffer.from(JSON.stringify(body)))}`
  const messages = [{ topic: refusedTopic, messageId, body }]
  return { name, hash: unreadHash, interchange: null, messages }
}

/** Topics of X12, by the functional group. */
const topics: Readonly<Record<string, string>> = { RE: '944', RC: '861', FA: '997', AN: '180' }

/**
 * A file as the messages that it is: one for each kind of functional group in it, of which each document reads its own.
 * X12 is known by its sender and control number, everything else by its content.
 */
function messagesOf(
  bytes: Buffer,
  interchange: Interchange | null,
  { tableTopic, trustsControlNumbers }: Config,
): PolledMessage[] {
  const content = `file:${hashOf(bytes)}`
  if (interchange === null)
    return [{ topic: tableTopic, messageId: `${tableTopic}:${content}`, body: bytes }]
  const kinds = interchange.groups.map(({ functionalId }) => topics[functionalId] ?? 'x12')
  const { sender, senderQualifier, receiver, controlNumber, usage } = interchange
  const named = ['x12', senderQualifier, sender, receiver, usage, controlNumber].join(':')
  const isNamed = trustsControlNumbers && interchange.isWhole && /^[\x20-\x7e]{1,150}$/.test(named)
  return [...new Set(kinds.length === 0 ? ['x12'] : kinds)].map((topic) => ({
    topic,
    messageId: `${topic}:${isNamed ? named : content}`,
    body: bytes,
  }))
}
