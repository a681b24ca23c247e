import { CliError } from './cli-error.ts'

/** Where a list goes on, as one word for `--before`. */
export function cursorText(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Reads what `cursorText` made of `parts` parts. @throws {CliError} for anything else. */
export function readCursorText(text: string | undefined, parts: number): string[] | undefined {
  if (text === undefined) return undefined
  const place = parse(text)
  if (Array.isArray(place) && place.length === parts) return place.map(String)
  throw new CliError('usage', `${text} is not where a page of this list ended.`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}
