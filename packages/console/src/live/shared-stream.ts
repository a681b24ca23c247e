import { openStream, type StreamEvents } from './stream.ts'

const name = 'backhaul-live'

type Told =
  | { readonly kind: 'message'; readonly event: string; readonly data: string; readonly id: string }
  | { readonly kind: 'state'; readonly state: Parameters<StreamEvents['onState']>[0] }
  | { readonly kind: 'hello' }

/**
 * One stream for all tabs of the browser, which has six connections to the hub and no more: the tab that holds the
 * lock listens, and passes on what it hears. When it is closed another one gets the lock, and goes on where the last
 * message was. Where a browser has no locks (a page over plain HTTP that is not of this computer), each tab listens
 * for itself.
 *
 * @returns what ends this tab's part.
 */
export function shareStream(events: StreamEvents): () => void {
  if (!('locks' in navigator)) return openStream(events)
  const channel = new BroadcastChannel(name)
  const ended = new AbortController()
  let lastId: string | undefined
  let state: Parameters<StreamEvents['onState']>[0] = 'connecting'
  let isLeader = false

  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin alone
  const send = (told: Told): void => channel.postMessage(told)
  const handle = {
    onMessage(message: Parameters<StreamEvents['onMessage']>[0]): void {
      lastId = message.id
      events.onMessage(message)
    },
    onState(next: typeof state): void {
      state = next
      events.onState(next)
    },
  }

  channel.addEventListener('message', ({ data: told }: MessageEvent<Told>) => {
    if (told.kind === 'hello') {
      if (isLeader) send({ kind: 'state', state })
    } else if (isLeader) return
    else if (told.kind === 'state') handle.onState(told.state)
    else handle.onMessage(told)
  })

  /** Holds the lock for as long as this tab takes part. */
  function lead(): Promise<void> {
    isLeader = true
    const stop = openStream(
      {
        onMessage(message) {
          handle.onMessage(message)
          send({ kind: 'message', ...message })
        },
        onState(next) {
          if (next !== state) send({ kind: 'state', state: next })
          handle.onState(next)
        },
      },
      lastId,
    )
    return new Promise((resolve) => {
      ended.signal.addEventListener('abort', () => {
        stop()
        resolve()
      })
    })
  }

  events.onState('connecting')
  send({ kind: 'hello' })
  navigator.locks.request(name, { signal: ended.signal }, lead).catch(() => undefined)
  return () => {
    ended.abort()
    channel.close()
  }
}
