/** What the hub sends, and whether it can be heard. */
export interface StreamEvents {
  readonly onMessage: (message: {
    readonly event: string
    readonly data: string
    readonly id: string
  }) => void
  readonly onState: (state: 'connecting' | 'live' | 'offline' | 'stale') => void
}

/** The hub sends something every 15 seconds as long as it can tell what changes. */
const silenceMs = 40_000
const firstPauseMs = 2_000
const longestPauseMs = 30_000
const eventNames = ['ready', 'changes', 'reset', 'beat'] as const

/**
 * Listens to the hub's one stream of changes, and goes on where it was whenever it breaks off. A browser does that
 * by itself while the connection fails, and not after the hub has refused it once: then it is opened anew, after
 * pauses that grow.
 *
 * @param after - where to begin; now, when left out.
 * @returns what ends it.
 */
export function openStream(events: StreamEvents, after?: string): () => void {
  let source: EventSource | null = null
  let lastId = after
  let pauseMs = firstPauseMs
  let isEnded = false
  let silence: ReturnType<typeof setTimeout> | undefined
  let again: ReturnType<typeof setTimeout> | undefined

  function hear(): void {
    clearTimeout(silence)
    silence = setTimeout(() => {
      events.onState('stale')
      open()
    }, silenceMs)
  }

  function openLater(): void {
    clearTimeout(again)
    again = setTimeout(open, pauseMs)
    pauseMs = Math.min(pauseMs * 2, longestPauseMs)
  }

  function open(): void {
    source?.close()
    if (isEnded) return
    const from = lastId === undefined ? '' : `?after=${encodeURIComponent(lastId)}`
    const opened = new EventSource(`/api/v1/changes${from}`)
    source = opened
    hear()
    opened.addEventListener('error', () => {
      events.onState('offline')
      if (opened.readyState === EventSource.CLOSED) openLater()
    })
    for (const event of eventNames) {
      opened.addEventListener(event, ({ data, lastEventId }: MessageEvent<string>) => {
        lastId = lastEventId
        pauseMs = firstPauseMs
        hear()
        events.onState('live')
        events.onMessage({ event, data, id: lastEventId })
      })
    }
  }

  events.onState('connecting')
  open()
  return () => {
    isEnded = true
    clearTimeout(silence)
    clearTimeout(again)
    source?.close()
  }
}
