import { createServer, type Server } from 'node:net'
import { type HttpMessage, readMessages } from './http-messages.ts'
import type { Tracker } from './tracker.ts'

const ok = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
/** As `idPrefix` writes it, up to the name of the run. */
const marker = Buffer.from('"id":"bench-')
const dash = 0x2d

/** A neighbor that takes everything, at once. It knows an event by the number in its id, and reads nothing else. */
export class Sink {
  readonly #number: number
  readonly #trackers: ReadonlyMap<string, Tracker>
  readonly #server: Server
  /** Requests that carried no event of a run that is going on. */
  unknown = 0

  constructor(number: number, trackers: ReadonlyMap<string, Tracker>) {
    this.#number = number
    this.#trackers = trackers
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
      socket.on('error', () => undefined)
      readMessages(socket, (message) => {
        this.#receive(message)
        socket.write(ok)
      })
    })
  }

  /** @returns the port. */
  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
  }

  #receive({ buffer, bodyStart, bodyEnd }: HttpMessage): void {
    const found = buffer.indexOf(marker, bodyStart)
    const tagStart = found + marker.length
    const tagEnd = buffer.indexOf(dash, tagStart)
    const tracker =
      found < 0 || tagEnd < 0 || tagEnd > bodyEnd
        ? undefined
        : this.#trackers.get(buffer.toString('latin1', tagStart, tagEnd))
    if (tracker === undefined) this.unknown += 1
    else tracker.received(numberAt(buffer, tagEnd + 1), this.#number)
  }
}

function numberAt(buffer: Buffer, start: number): number {
  let number = 0
  for (let at = start; ; at += 1) {
    const digit = (buffer[at] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return number
    number = number * 10 + digit
  }
}
