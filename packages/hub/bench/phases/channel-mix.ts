import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { channelsDir } from '@backhaul/connectors'
import { boundHeapGrowth } from '../../src/platform/heap.ts'
import { inboundSamples, mapSample, readChannelFolder } from '../../test/support/channels.ts'

/** Messages of all channels that ship as documents, one after another. */
export interface ChannelMix {
  /** Messages, and records of files. */
  readonly messages: number
  /** Of these, what came to events; the rest is parked or ignored, as the examples mean it. */
  readonly mapped: number
  readonly seconds: number
  /** Resident memory of the process, MiB: when a tenth was done, at the end, and the most of it in between. */
  readonly rssMb: { readonly early: number; readonly late: number; readonly peak: number }
}

const messagesPerTurn = 500

/** Maps the examples of all channels, from their bytes, again and again. */
export async function measureChannelMix(messages: number): Promise<ChannelMix> {
  // As the hub does: garbage is not left to pile up because there is room.
  boundHeapGrowth()
  const samples = readdirSync(channelsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => inboundSamples(readChannelFolder(join(channelsDir, name))))
  const rss = { early: 0, late: 0, peak: 0 }
  const startedAt = performance.now()
  let done = 0
  let mapped = 0
  let yieldAt = messagesPerTurn
  for (let index = 0; done < messages; index += 1) {
    const sample = samples[index % samples.length]
    if (sample === undefined) throw new Error('no channel has an example')
    for (const { kind } of mapSample(sample)) {
      done += 1
      if (kind === 'events') mapped += 1
    }
    if (done < yieldAt) continue
    yieldAt = done + messagesPerTurn
    const nowMb = process.memoryUsage.rss() / 1_048_576
    if (rss.early === 0 && done >= messages / 10) rss.early = nowMb
    rss.peak = Math.max(rss.peak, nowMb)
    rss.late = nowMb
    await nextTurn()
  }
  return { messages: done, mapped, seconds: (performance.now() - startedAt) / 1_000, rssMb: rss }
}
