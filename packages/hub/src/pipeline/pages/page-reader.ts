import type { Logger } from '../../platform/logger.ts'
import {
  ensureSources,
  type HeldSource,
  type ReadableSource,
  type SourceName,
} from '../../store/source-cursors.ts'
import { type PageDeps, type TakenPage, takeDue } from './take-page.ts'

/** Reads the sources of all connections in turn, side by side. */
export interface PageReader {
  /** Begins a page of every source whose time has come. */
  readonly step: () => Promise<number>
  /** Begins no more pages, and gives up those under way. */
  readonly stop: () => Promise<void>
}

export interface PageReaderOptions<Name extends string> extends Omit<PageDeps, 'ending'> {
  readonly kind: 'feed' | 'poll'
  readonly log: Logger
  /** What can be read now. */
  readonly sources: () => readonly ReadableSource<Name>[]
  /** @param ending - aborts when the page is to be given up. */
  readonly take: (held: HeldSource<Name>, ending: AbortSignal) => Promise<TakenPage<unknown>>
  /** Whether what a page says could be kept now. Always, when left out. */
  readonly hasRoom?: (() => Promise<boolean>) | undefined
  /** A page is done: there may be more at once. */
  readonly onEnded: () => void
}

/** Pages under way at once: each is held in memory whole. */
const maxUnderWay = 4

export function createPageReader<Name extends string>(
  options: PageReaderOptions<Name>,
): PageReader {
  const { kind, pool, log, sources: readable, take, hasRoom } = options
  const life = new AbortController()
  const underWay = new Map<string, Promise<void>>()
  let ensured = ''

  async function ensure(sources: readonly ReadableSource[]): Promise<void> {
    const names = sources.map(nameOf).join()
    if (names === ensured) return
    await ensureSources({ db: pool, kind }, sources)
    ensured = names
  }

  async function read(held: HeldSource<Name>): Promise<void> {
    const of = { connectionId: held.connectionId, [kind]: held.name }
    try {
      const page = await take(held, life.signal)
      if (page.kind === 'failed' && !life.signal.aborted) {
        log.warn({ ...of, code: page.code }, `${kind} not read, tried again by itself`)
      }
    } catch (error) {
      log.warn({ ...of, err: error }, `${kind} not read, tried again by itself`)
    }
  }

  function begin(held: HeldSource<Name>): void {
    const name = nameOf(held)
    const ended = read(held).finally(() => {
      underWay.delete(name)
      options.onEnded()
    })
    underWay.set(name, ended)
  }

  return {
    async step() {
      const limit = maxUnderWay - underWay.size
      if (life.signal.aborted || limit <= 0) return 0
      const sources = readable()
      await ensure(sources)
      const free = sources.filter((source) => !underWay.has(nameOf(source)))
      if (free.length === 0 || (hasRoom !== undefined && !(await hasRoom()))) return 0
      for (const held of await takeDue(options, { kind, sources: free, limit })) begin(held)
      // Those under way wake the loop when they end.
      return 0
    },
    async stop() {
      life.abort()
      await Promise.all(underWay.values())
    },
  }
}

function nameOf({ connectionId, name }: SourceName): string {
  return `${connectionId}/${name}`
}
