import { parse } from 'yaml'
import { CliError } from './cli-error.ts'
import { readNamedFile } from './read-file.ts'
import type { Session } from './session.ts'

/**
 * The settings of a connection as a file has them: an object, whatever the connector makes of it; empty where
 * none is named.
 *
 * @throws {CliError}
 */
export async function readSettings(
  session: Session,
  path: string | undefined,
): Promise<Record<string, unknown>> {
  if (path === undefined) return {}
  const text = await readNamedFile(session, path)
  const value: unknown = parseSettings(text, path)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new CliError('usage', `The settings in ${path} are not an object of names and values.`)
}

/** The parser's own message would quote the file, and with it a secret. */
function parseSettings(text: string, path: string): unknown {
  try {
    return parse(text)
  } catch {
    throw new CliError('usage', `The settings in ${path} are neither YAML nor JSON.`)
  }
}
