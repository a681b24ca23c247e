import type { Clock } from '../../platform/clock.ts'

/** What was changed by another process is still held for this long. */
const rememberedMs = 5_000
const mostRemembered = 10_000

/** Rows by id, asked for once and held for a few seconds; that there is none is held too. */
export interface Remembered<Row> {
  readonly get: (id: string) => Row | null | Promise<Row | null>
  /** Asks anew about a row that was changed by this process. */
  readonly forget: (id: string) => void
}

export function remember<Row>(
  ask: (id: string) => Promise<Row | null>,
  clock: Clock,
): Remembered<Row> {
  const known = new Map<string, { readonly row: Row | null; readonly untilMs: number }>()
  const asked = new Map<string, Promise<Row | null>>()

  async function look(id: string): Promise<Row | null> {
    const row = await ask(id)
    known.delete(id)
    known.set(id, { row, untilMs: clock.monotonicMs() + rememberedMs })
    if (known.size > mostRemembered) known.delete(known.keys().next().value ?? '')
    return row
  }

  return {
    get(id) {
      const entry = known.get(id)
      if (entry && entry.untilMs > clock.monotonicMs()) return entry.row
      const running = asked.get(id)
      if (running) return running
      // One question at a time for each, however many requests come with it.
      const question = look(id).finally(() => asked.delete(id))
      asked.set(id, question)
      return question
    },
    forget: (id) => void known.delete(id),
  }
}
