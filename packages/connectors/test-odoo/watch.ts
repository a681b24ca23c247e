import { noDial } from '@backhaul/sdk/testing'
import { changes } from '../src/odoo/changes/poll.ts'
import type { Config } from '../src/odoo/config.ts'
import { directFetch, tap } from './connection.ts'

/** A message as its mapping document sees it, with its topic. */
export type Told = Readonly<Record<string, unknown>>

/** Looks at the changes of a real server, as a hub does that keeps the cursor and drops what it has. */
export class Watch {
  #cursor: string | null = null
  /** How far our clock is ahead of the time, in milliseconds. */
  #ahead = 0
  readonly #config: Config
  readonly #seen = new Set<string>()

  constructor(config: Config) {
    this.#config = config
  }

  /** News since the last look. */
  async look(): Promise<Told[]> {
    const news: Told[] = []
    for (let hasMore = true; hasMore; ) {
      const page = await this.#pull(directFetch)
      for (const { messageId, topic, body } of page.messages) {
        if (!this.#seen.has(messageId)) news.push({ topic, ...(body as Told) })
        this.#seen.add(messageId)
      }
      hasMore = page.hasMore
    }
    return news
  }

  /** News of one return. */
  async of(caseNo: string): Promise<Told[]> {
    return (await this.look()).filter((told) => told['caseNo'] === caseNo)
  }

  /** Looks until all that was written is older than the overlap: only the stopwatch moves, not the server's clock. */
  async settle(): Promise<void> {
    for (let looks = 0; looks < 3; looks += 1) {
      await this.look()
      this.#ahead += this.#config.overlapSeconds * 1_000
    }
  }

  /** How many calls a look takes. */
  async callsOfLook(): Promise<number> {
    const { fetch, calls } = tap()
    await this.#pull(fetch)
    return calls.length
  }

  async #pull(fetch: typeof directFetch) {
    const page = await changes.pull({
      config: this.#config,
      fetch,
      dial: noDial,
      signal: AbortSignal.timeout(120_000),
      cursor: this.#cursor,
      limit: 100,
      now: new Date(Date.now() + this.#ahead),
    })
    this.#cursor = page.cursor
    return page
  }
}
