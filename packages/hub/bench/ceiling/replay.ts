import pg from 'pg'
import type { RecordedBatch } from './record.ts'

export interface CeilingResult {
  readonly events: number
  readonly seconds: number
  readonly perSecond: number
}

/**
 * Says recorded batches to another, empty database, one after the other on one connection: the same rows
 * by the same statements, with nothing of HTTP, JSON or the core around them.
 */
export async function replayBatches(
  url: string,
  batches: readonly RecordedBatch[],
  warmup: number,
): Promise<CeilingResult> {
  const client = new pg.Client({ connectionString: url, options: '-c timezone=UTC -c jit=off' })
  await client.connect()
  try {
    for (const batch of batches.slice(0, warmup)) await say(client, batch)
    const measured = batches.slice(warmup)
    const startMs = performance.now()
    for (const batch of measured) await say(client, batch)
    const seconds = (performance.now() - startMs) / 1000
    const events = measured.reduce((total, batch) => total + batch.events, 0)
    return { events, seconds, perSecond: events / seconds }
  } finally {
    await client.end()
  }
}

async function say(client: pg.Client, { statements }: RecordedBatch): Promise<void> {
  for (const { name, text, values } of statements) {
    await client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) })
  }
}
