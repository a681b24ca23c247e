import { posix } from 'node:path'
import type { SftpFolder } from './sftp-folder.ts'
import type { Attributes, Sftp } from './ssh2.ts'

/** Codes of an answer (draft-ietf-secsh-filexfer-02, section 7). */
const ok = 0
const eof = 1
const noSuchFile = 2
const failure = 4
const unsupported = 8

const folderMode = 0o040_755
const fileMode = 0o100_644
/** Bits of an opening: section 6.3. */
const forWriting = 0x02

interface OpenFile {
  readonly path: string
  readonly isWritten: boolean
  chunks: Map<number, Buffer>
}

/** One client's requests, answered one by one. */
export class Conversation {
  readonly #folder: SftpFolder
  readonly #sftp: Sftp
  readonly #open = new Map<number, OpenFile>()
  readonly #listings = new Map<number, string[] | null>()
  #last = 0

  constructor(folder: SftpFolder, sftp: Sftp) {
    this.#folder = folder
    this.#sftp = sftp
  }

  begin(): void {
    const sftp = this.#sftp
    sftp.on('REALPATH', (id: number, path: string) => this.#name(id, [at(path)]))
    sftp.on('STAT', (id: number, path: string) => this.#stat(id, at(path)))
    sftp.on('LSTAT', (id: number, path: string) => this.#stat(id, at(path)))
    sftp.on('OPENDIR', (id: number, path: string) => this.#openFolder(id, at(path)))
    sftp.on('READDIR', (id: number, handle: Buffer) => this.#readFolder(id, handle))
    sftp.on('OPEN', (id: number, path: string, flags: number) =>
      this.#openFile(id, at(path), flags),
    )
    sftp.on('FSTAT', (id: number, handle: Buffer) => {
      const { path = '' } = this.#open.get(numberOf(handle)) ?? {}
      this.#stat(id, path)
    })
    sftp.on('READ', (id: number, handle: Buffer, ...[offset, length]: [number, number]) => {
      const bytes = this.#bytesOf(handle)
      if (offset >= bytes.length) sftp.status(id, eof)
      else sftp.data(id, bytes.subarray(offset, offset + length))
    })
    sftp.on('WRITE', (id: number, handle: Buffer, ...[offset, data]: [number, Buffer]) => {
      this.#open.get(numberOf(handle))?.chunks.set(offset, Buffer.from(data))
      sftp.status(id, ok)
    })
    sftp.on('FSETSTAT', (id: number) => sftp.status(id, ok))
    sftp.on('SETSTAT', (id: number) => sftp.status(id, ok))
    sftp.on('CLOSE', (id: number, handle: Buffer) => this.#close(id, handle))
    sftp.on('RENAME', (id: number, from: string, to: string) => this.#rename(id, at(from), at(to)))
    sftp.on('REMOVE', (id: number, path: string) => this.#remove(id, at(path)))
    sftp.on('MKDIR', (id: number, path: string) => {
      this.#folder.folders.add(at(path))
      sftp.status(id, ok)
    })
    for (const name of ['RMDIR', 'READLINK', 'SYMLINK', 'EXTENDED']) {
      sftp.on(name, (id: number) => sftp.status(id, unsupported))
    }
  }

  #stat(id: number, path: string): void {
    const file = this.#folder.files.get(path)
    if (file) this.#sftp.attrs(id, attributesOf(file.bytes.length, file.modifiedAt, fileMode))
    else if (this.#folder.folders.has(path)) this.#sftp.attrs(id, this.#folderAttributes())
    else this.#sftp.status(id, noSuchFile)
  }

  #folderAttributes(): Attributes {
    return attributesOf(0, this.#folder.now(), folderMode)
  }

  #name(id: number, names: readonly string[]): void {
    const attrs = this.#folderAttributes()
    this.#sftp.name(
      id,
      names.map((filename) => ({ filename, longname: filename, attrs })),
    )
  }

  #openFolder(id: number, path: string): void {
    if (!this.#folder.folders.has(path)) return this.#sftp.status(id, noSuchFile)
    const number = this.#next()
    this.#listings.set(number, [path])
    this.#sftp.handle(id, handleOf(number))
  }

  #readFolder(id: number, handle: Buffer): void {
    const number = numberOf(handle)
    const [path] = this.#listings.get(number) ?? []
    if (path === undefined) return this.#sftp.status(id, eof)
    this.#listings.set(number, [])
    const files = this.#folder.names(path).map((filename) => {
      const file = this.#folder.files.get(posix.join(path, filename))
      const size = file?.bytes.length ?? 0
      const attrs = attributesOf(size, file?.modifiedAt ?? this.#folder.now(), fileMode)
      return { filename, longname: `-rw-r--r-- 1 0 0 ${size} Nov 23 06:00 ${filename}`, attrs }
    })
    const folders = this.#folder.foldersIn(path).map((filename) => ({
      filename,
      longname: `drwxr-xr-x 1 0 0 0 Nov 23 06:00 ${filename}`,
      attrs: this.#folderAttributes(),
    }))
    const names = [...files, ...folders]
    if (names.length === 0) this.#sftp.status(id, eof)
    else this.#sftp.name(id, names)
  }

  #openFile(id: number, path: string, flags: number): void {
    const isWritten = (flags & forWriting) !== 0
    const isPossible = isWritten
      ? this.#folder.folders.has(posix.dirname(path))
      : this.#folder.files.has(path)
    if (!isPossible) return this.#sftp.status(id, noSuchFile)
    const number = this.#next()
    this.#open.set(number, { path, isWritten, chunks: new Map() })
    this.#sftp.handle(id, handleOf(number))
  }

  #bytesOf(handle: Buffer): Buffer {
    const { path = '' } = this.#open.get(numberOf(handle)) ?? {}
    return this.#folder.files.get(path)?.bytes ?? Buffer.alloc(0)
  }

  #close(id: number, handle: Buffer): void {
    const open = this.#open.get(numberOf(handle))
    this.#open.delete(numberOf(handle))
    if (!open?.isWritten) return this.#sftp.status(id, ok)
    const { path, chunks } = open
    const parts = [...chunks].toSorted(([a], [b]) => a - b).map(([, bytes]) => bytes)
    this.#answer(id, { kind: 'write', path }, () => this.#folder.put(path, Buffer.concat(parts)))
  }

  #rename(id: number, path: string, to: string): void {
    const { files, folders } = this.#folder
    const file = files.get(path)
    if (!file || !folders.has(posix.dirname(to))) return this.#sftp.status(id, noSuchFile)
    if (files.has(to)) return this.#sftp.status(id, failure)
    this.#answer(id, { kind: 'rename', path, to }, () => {
      files.delete(path)
      files.set(to, file)
    })
  }

  #remove(id: number, path: string): void {
    if (!this.#folder.files.has(path)) return this.#sftp.status(id, noSuchFile)
    this.#answer(id, { kind: 'remove', path }, () => this.#folder.files.delete(path))
  }

  #answer(id: number, change: Parameters<SftpFolder['change']>[0], act: () => void): void {
    if (this.#folder.change(change, act)) this.#sftp.status(id, ok)
  }

  #next(): number {
    this.#last += 1
    return this.#last
  }
}

/** Below the root, whatever was asked for. */
function at(path: string): string {
  return posix.join('/', path).replace(/(.)\/$/, '$1')
}

function attributesOf(size: number, modifiedAt: Date, mode: number): Attributes {
  const seconds = Math.floor(modifiedAt.getTime() / 1000)
  return { mode, uid: 0, gid: 0, size, atime: seconds, mtime: seconds }
}

function handleOf(number: number): Buffer {
  const handle = Buffer.alloc(4)
  handle.writeUInt32BE(number)
  return handle
}

function numberOf(handle: Buffer): number {
  return handle.readUInt32BE(0)
}
