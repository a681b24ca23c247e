import { setTimeout as sleep } from 'node:timers/promises'

import type { LoadAnswer } from '../orm/load.ts'

/** What `load()` answers the caller who came second. */
export const conflictAnswer: LoadAnswer = {
  ids: false,
  messages: [
    {
      rows: { from: 0, to: 0 },
      record: 0,
      type: 'error',
      message: 'could not serialize access due to concurrent update\n',
    },
  ],
  nextrow: 0,
}

/** A call of `load()` that creates or rewrites records. */
export interface LoadAttempt<T> {
  /** The external ids in it. */
  readonly names: readonly string[]
  readonly act: () => T
  /** Does what a call leaves behind that loses: numbers that are gone, webhooks of what never was. */
  readonly lose: () => T
}

interface Entry {
  readonly losers: (() => void)[]
  readonly over: Promise<void>
}

/**
 * Lets calls of `load()` for the same records that come at the same time conflict, as transactions
 * in several threads do: one does it, and the others lose. At the same time is within `holdMs`.
 */
export class LoadGate {
  private readonly entries = new Map<string, Entry>()
  private readonly holdMs: number

  constructor(holdMs: number) {
    this.holdMs = holdMs
  }

  async run<T>(attempt: LoadAttempt<T>): Promise<T> {
    const rival = attempt.names.map((name) => this.entries.get(name)).find(Boolean)
    if (rival) return lose(rival, attempt)
    let finish: (() => void) | undefined
    const over = new Promise<void>((resolve) => {
      finish = resolve
    })
    const entry: Entry = { losers: [], over }
    for (const name of attempt.names) this.entries.set(name, entry)
    if (this.holdMs > 0) await sleep(this.holdMs)
    for (const name of attempt.names) this.entries.delete(name)
    try {
      return attempt.act()
    } finally {
      for (const loser of entry.losers) loser()
      finish?.()
    }
  }
}

async function lose<T>(rival: Entry, { lose: leaveTraces }: LoadAttempt<T>): Promise<T> {
  const result = new Promise<T>((resolve, reject) => {
    rival.losers.push(() => {
      try {
        resolve(leaveTraces())
      } catch (error) {
        reject(error)
      }
    })
  })
  await rival.over
  return result
}
