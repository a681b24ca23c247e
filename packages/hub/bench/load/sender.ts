import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { readMessages, statusOf } from './http-messages.ts'

/** Where events are sent, and how they are signed. */
export interface Target {
  readonly port: number
  readonly path: string
  /** `whsec_` and the key in base64. */
  readonly secret: string
}

/** One kept-alive connection to the target, with one request at a time on it. */
export class Sender {
  readonly #target: Target
  readonly #key: KeyObject
  #socket: Socket | null = null
  #answered: ((status: number) => void) | null = null

  constructor(target: Target) {
    this.#target = target
    this.#key = createSecretKey(Buffer.from(target.secret.slice('whsec_'.length), 'base64'))
  }

  /** Posts a signed event. @returns the status; 0 when the connection broke before an answer. */
  post(id: string, body: string): Promise<number> {
    return new Promise((resolve) => {
      this.#answered = resolve
      this.#connected().write(this.#request(id, body), 'latin1')
    })
  }

  close(): void {
    this.#socket?.destroy()
  }

  #connected(): Socket {
    if (this.#socket && !this.#socket.destroyed) return this.#socket
    const socket = connect({ port: this.#target.port, host: '127.0.0.1', noDelay: true })
    socket.on('error', () => undefined)
    socket.on('close', () => this.#answer(0))
    readMessages(socket, (message) => this.#answer(statusOf(message)))
    this.#socket = socket
    return socket
  }

  #answer(status: number): void {
    const answered = this.#answered
    this.#answered = null
    answered?.(status)
  }

  /** Events of the bench are plain ASCII, so a character is a byte. */
  #request(id: string, body: string): string {
    const { path, port } = this.#target
    const timestamp = Math.floor(Date.now() / 1000)
    const signature = createHmac('sha256', this.#key)
      .update(`${id}.${timestamp}.${body}`)
      .digest('base64')
    return `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nwebhook-id: ${id}\r\nwebhook-timestamp: ${timestamp}\r\nwebhook-signature: v1,${signature}\r\n\r\n${body}`
  }
}
