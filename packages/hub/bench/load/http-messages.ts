import type { Socket } from 'node:net'

const headEnd = Buffer.from('\r\n\r\n')
const contentLength = /\r\ncontent-length: *(\d+)/i
const statusLine = /^HTTP\/1\.1 (\d{3})/

/** One HTTP message: where it stands in the buffer, and how its head reads. */
export interface HttpMessage {
  readonly head: string
  readonly buffer: Buffer
  readonly bodyStart: number
  readonly bodyEnd: number
}

/**
 * Reads HTTP/1.1 messages off a connection that is kept alive. It understands what the two sides of a
 * bench say to each other, bodies with a length, and nothing else: a full client and server would use as
 * much of the machine as what is measured.
 */
export function readMessages(socket: Socket, onMessage: (message: HttpMessage) => void): void {
  let pending: Buffer | null = null
  socket.on('data', (chunk: Buffer) => {
    const buffer: Buffer = pending === null ? chunk : Buffer.concat([pending, chunk])
    let start = 0
    for (;;) {
      const message = messageAt(buffer, start)
      if (message === null) break
      start = message.bodyEnd
      onMessage(message)
    }
    pending = start === buffer.length ? null : buffer.subarray(start)
  })
}

function messageAt(buffer: Buffer, start: number): HttpMessage | null {
  const end = buffer.indexOf(headEnd, start)
  if (end < 0) return null
  const head = buffer.toString('latin1', start, end)
  const length = contentLength.exec(head)?.[1]
  if (length === undefined && !/^HTTP\/1\.1 (204|304)/.test(head)) {
    throw new Error(`a message without a length: ${head.split('\r\n', 1)[0]}`)
  }
  const bodyStart = end + headEnd.length
  const bodyEnd = bodyStart + Number(length ?? 0)
  return bodyEnd > buffer.length ? null : { head, buffer, bodyStart, bodyEnd }
}

/** The status of an answer. */
export function statusOf({ head }: HttpMessage): number {
  return Number(statusLine.exec(head)?.[1] ?? 0)
}
