import { readFile } from 'node:fs/promises'
import { CliError } from './cli-error.ts'
import type { Session } from './session.ts'

/** The text of a file that the command line names, or of stdin where it names `-`. @throws {CliError}. */
export async function readNamedFile(session: Session, path: string): Promise<string> {
  return (await readNamedBytes(session, path)).toString('utf8')
}

/** The bytes of a file that the command line names, or of stdin where it names `-`. @throws {CliError}. */
export async function readNamedBytes(session: Session, path: string): Promise<Buffer> {
  if (path === '-') return readAll(session.context.stdin)
  try {
    return await readFile(path)
  } catch (error) {
    const message = `${path} cannot be read: ${(error as Error).message}.`
    throw new CliError('usage', message, { cause: error })
  }
}

async function readAll(stream: NodeJS.ReadStream): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(Buffer.from(part as Uint8Array))
  return Buffer.concat(parts)
}
