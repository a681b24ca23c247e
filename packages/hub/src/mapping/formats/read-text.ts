import { FormatError } from './format-problem.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Whether `TextDecoder` knows the label, for example `windows-1252`. */
export function isEncoding(label: string): boolean {
  return decoderOf(label) !== null
}

/**
 * The text of a document, without its byte order mark.
 *
 * @param encoding - a label that `isEncoding` knows.
 * @throws {FormatError} for bytes that are no such text, and for NUL, which no database of ours keeps.
 */
export function readText(bytes: Uint8Array, encoding = 'utf-8'): string {
  const text = decodeBytes(bytes, encoding)
  const nul = text.indexOf('\0')
  if (nul >= 0) throw new FormatError('the text holds U+0000')
  return text
}

function decodeBytes(bytes: Uint8Array, encoding: string): string {
  const decoder = encoding === 'utf-8' ? utf8 : decoderOf(encoding)
  if (decoder === null) throw new FormatError('the document is in an encoding that is not known')
  if (decoder.encoding === 'utf-8' && looksLikeUtf16(bytes)) {
    throw new FormatError('the document is in UTF-16, and should be in UTF-8')
  }
  try {
    return decoder.decode(bytes)
  } catch {
    throw new FormatError(`the document is not text in ${decoder.encoding}`)
  }
}

function decoderOf(label: string) {
  try {
    return new TextDecoder(label, { fatal: true })
  } catch {
    return null
  }
}

/** By its mark, or by a first character that has a NUL beside it. */
function looksLikeUtf16([first, second]: Uint8Array): boolean {
  if (first === undefined || second === undefined) return false
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  return hasMark || (first === 0) !== (second === 0)
}

const loneSurrogate = /\p{Surrogate}/u

/** Whether a text survives PostgreSQL and logs: Unicode without U+0000. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !loneSurrogate.test(text)
}
