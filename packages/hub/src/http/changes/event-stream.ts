import { Readable } from 'node:stream'

/** A stream of server-sent events (WHATWG HTML, 9.2) to one client. */
export interface EventStream {
  /** Becomes the body of the answer; destroyed by whoever sends it when the client is gone. */
  readonly body: Readable
  /** Sends bytes that were formatted before. A client that does not take them ends instead. */
  readonly send: (bytes: Buffer) => void
  readonly end: () => void
}

/**
 * What a client may leave lying about. The bytes are the same for everybody who may see the same, so that many slow
 * clients hold on to one copy.
 */
const unreadBytes = 1_048_576

const endsWithinMs = 1_000

export function openEventStream(): EventStream {
  const body = new Readable({ read() {} })
  let isEnding = false
  return {
    body,
    send(bytes) {
      if (body.destroyed || isEnding) return
      if (body.readableLength > unreadBytes) body.destroy()
      else body.push(bytes)
    },
    end() {
      if (body.destroyed || isEnding) return
      isEnding = true
      body.push(null)
      // One that does not read would not come to the end.
      setTimeout(() => body.destroy(), endsWithinMs).unref()
    },
  }
}

/** How long a client waits before it connects again, as a hint to it. */
export function formatRetry(ms: number): Buffer {
  return Buffer.from(`retry: ${ms}\n\n`)
}

export function formatEvent(event: {
  readonly id: string
  readonly event: string
  readonly data: unknown
}): Buffer {
  return Buffer.from(
    `id: ${event.id}\nevent: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`,
  )
}

/**
 * Nothing has changed, and the hub can tell: scripts in browsers hear no comments. The place to go on from moves, also
 * for those who were told nothing since they may see nothing of what has changed.
 */
export function formatBeat(id: string): Buffer {
  return formatEvent({ id, event: 'beat', data: {} })
}
