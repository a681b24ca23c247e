import { generateKeyPairSync } from 'node:crypto'
import type { Socket } from 'node:net'
import { Conversation } from './conversation.ts'
import { type Client, type Server, type Sftp, ssh2 } from './ssh2.ts'

/** A change that a client makes; answering it may be taken over by `around`. */
export type SftpChange =
  | { readonly kind: 'write'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }

/** Makes the change by `act`, now, or not at all; false when the client gets no answer to it. */
export type AroundChange = (change: SftpChange, act: () => void) => boolean

export interface SftpFolderOptions {
  readonly user: string
  readonly password: string
  readonly now?: () => Date
}

export interface StoredFile {
  readonly bytes: Buffer
  readonly modifiedAt: Date
}

/**
 * Files in memory behind SFTP (version 3). Its vices are those of OpenSSH: a rename replaces nothing, a folder has to be
 * there before a file is put into it.
 */
export class SftpFolder {
  readonly #server: Server
  readonly #options: SftpFolderOptions
  /** By their paths, with a slash before each step. */
  readonly files = new Map<string, StoredFile>()
  readonly folders = new Set(['/'])
  /** The public key as it goes over the wire: what a fingerprint is made of. */
  readonly hostKey: Buffer
  #around: AroundChange = (_change, act) => {
    act()
    return true
  }

  constructor(options: SftpFolderOptions) {
    this.#options = options
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const pem = privateKey.export({ type: 'sec1', format: 'pem' }).toString()
    this.hostKey = ssh2.utils.parseKey(pem).getPublicSSH()
    this.#server = new ssh2.Server({ hostKeys: [pem] }, (client) => this.#welcome(client))
    this.#server.on('error', () => undefined)
  }

  /** Speaks with whoever is at the other end. */
  serve(socket: Socket, around?: AroundChange): void {
    if (around) this.#around = around
    socket.setNoDelay(true)
    this.#server.injectSocket(socket)
  }

  now(): Date {
    return this.#options.now?.() ?? new Date()
  }

  change(change: SftpChange, act: () => void): boolean {
    return this.#around(change, act)
  }

  put(path: string, bytes: Buffer): void {
    const steps = path.split('/').slice(1, -1)
    for (let count = 1; count <= steps.length; count += 1) {
      this.folders.add(`/${steps.slice(0, count).join('/')}`)
    }
    this.files.set(path, { bytes, modifiedAt: this.now() })
  }

  /** Names of the files in a folder. */
  names(folder: string): string[] {
    return this.#within(folder, this.files.keys())
  }

  foldersIn(folder: string): string[] {
    return this.#within(folder, this.folders)
  }

  #within(folder: string, paths: Iterable<string>): string[] {
    const before = folder === '/' ? '/' : `${folder}/`
    return [...paths].flatMap((path) => {
      const name = path.startsWith(before) ? path.slice(before.length) : ''
      return name === '' || name.includes('/') ? [] : [name]
    })
  }

  #welcome(client: Client): void {
    const { user, password } = this.#options
    client.on('error', () => undefined)
    client.on('authentication', (context) => {
      const isKnown = context.username === user && context.password === password
      if (context.method === 'password' && isKnown) context.accept()
      else context.reject(['password'])
    })
    client.on('session', (accept) => {
      accept().on('sftp', (begin) => {
        const sftp: Sftp = begin()
        new Conversation(this, sftp).begin()
      })
    })
  }
}
