import { posix } from 'node:path'

export interface FoundFile {
  readonly name: string
  readonly size: number
  readonly modifiedAt: Date
}

/**
 * A place where files are exchanged. Paths are below its root, with slashes.
 *
 * What fails throws a delivery error: while it reads, or before anything can have happened, a `RetryableError`; while it
 * writes, an `UnknownOutcomeError` where the file may be there all the same.
 */
export interface FileStore {
  /** Plain files, without those within folders; none where there is no such folder. */
  readonly list: (folder: string) => Promise<FoundFile[]>
  /** Null where there is no such file. */
  readonly read: (path: string) => Promise<Buffer | null>
  /** Makes the folder if need be, writes beside, and gives it its name when it is whole. Replaces nothing. */
  readonly write: (path: string, bytes: Buffer) => Promise<void>
  /** Makes the folder if need be. Where the target is there already, the file goes, as far as both are the same. */
  readonly move: (from: string, to: string) => Promise<void>
}

/** The name under which a file is written before it is whole: nobody takes it under that. */
export function temporaryName(path: string): string {
  return `${path}.tmp`
}

/** Whether a name is final: not of a program that still writes. */
export function isFinalName(name: string): boolean {
  return !name.startsWith('.') && !/\.(tmp|part|partial|filepart|crdownload|swp)$/i.test(name)
}

/** The folder of a path. */
export function folderOf(path: string): string {
  return posix.dirname(path)
}
