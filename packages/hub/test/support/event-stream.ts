/** A message of a stream of server-sent events. */
export interface StreamMessage {
  readonly id: string
  readonly event: string
  readonly data: Record<string, unknown>
}

export interface OpenStream {
  readonly status: number
  readonly headers: Headers
  /** The next message; null when the stream has ended. */
  next(): Promise<StreamMessage | null>
  /** The next message that fits; the others are dropped. @throws {Error} when the stream ends before. */
  until(fits: (message: StreamMessage) => boolean): Promise<StreamMessage>
  close(): void
}

/** Opens a stream as a browser does. */
export async function openStream(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<OpenStream> {
  const ended = new AbortController()
  const response = await fetch(url, { headers, signal: ended.signal })
  const blocks = blocksOf(response.body)

  async function next(): Promise<StreamMessage | null> {
    for (;;) {
      const { value, done } = await blocks.next()
      if (done === true) return null
      const message = messageOf(value)
      if (message !== null) return message
    }
  }

  return {
    status: response.status,
    headers: response.headers,
    next,
    async until(fits) {
      for (let message = await next(); message !== null; message = await next()) {
        if (fits(message)) return message
      }
      throw new Error('the stream has ended')
    },
    close: () => ended.abort(),
  }
}

async function* blocksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  let text = ''
  const decoder = new TextDecoder()
  try {
    for await (const bytes of body ?? []) {
      text += decoder.decode(bytes, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      yield* blocks
    }
  } catch {
    // Ended from this side, or cut off: there is no more.
  }
}

function messageOf(block: string): StreamMessage | null {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const at = line.indexOf(':')
      return [line.slice(0, at), line.slice(at + 1).trimStart()]
    }),
  )
  const data = fields.get('data')
  if (data === undefined) return null
  const parsed = JSON.parse(data) as Record<string, unknown>
  return { id: fields.get('id') ?? '', event: fields.get('event') ?? 'message', data: parsed }
}
