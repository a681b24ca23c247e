import type { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'

/* What is used of ssh2 1.17.0, which has no types of its own. */

interface AuthContext {
  readonly method: string
  readonly username: string
  readonly password?: string
  accept(): void
  reject(methods?: readonly string[]): void
}

export interface Attributes {
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly atime: number
  readonly mtime: number
}

export interface Sftp extends EventEmitter {
  status(request: number, code: number): void
  handle(request: number, handle: Buffer): void
  data(request: number, data: Buffer): void
  name(
    request: number,
    names: readonly { filename: string; longname: string; attrs: Attributes }[],
  ): void
  attrs(request: number, attributes: Attributes): void
}

interface Session extends EventEmitter {
  on(event: 'sftp', listener: (accept: () => Sftp) => void): this
}

export interface Client extends EventEmitter {
  on(event: 'authentication', listener: (context: AuthContext) => void): this
  on(event: 'session', listener: (accept: () => Session) => void): this
  on(event: 'error' | 'ready' | 'close' | 'end', listener: () => void): this
}

export interface Server extends EventEmitter {
  injectSocket(socket: Socket): void
}

interface Ssh2 {
  readonly Server: new (
    options: { readonly hostKeys: readonly string[] },
    onClient: (client: Client) => void,
  ) => Server
  readonly utils: { parseKey(pem: string): { getPublicSSH(): Buffer } }
}

const require = createRequire(import.meta.url)
export const ssh2 = require('ssh2') as Ssh2
