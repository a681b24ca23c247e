import { maxTextLength } from './limits.ts'
import type { XmlPiece } from './xml-cursor.ts'

/** Of one text. */
const maxPieces = 1_000

/**
 * The text between two tags, which comes in pieces where comments or CDATA stand in it. Blanks around it go,
 * so that a document may be indented; those that are written as CDATA or as references stay.
 */
export class XmlText {
  readonly #resolve: (raw: string) => string
  #pieces: XmlPiece[] = []
  #length = 0

  /** @param resolve - puts in what references stand for. */
  constructor(resolve: (raw: string) => string) {
    this.#resolve = resolve
  }

  /** @returns whether there was room for it. */
  add(piece: XmlPiece): boolean {
    this.#pieces.push(piece)
    this.#length += piece.text.length
    return this.#length <= maxTextLength && this.#pieces.length <= maxPieces
  }

  /** What was added, without the blanks around it; begins anew. */
  take(): string {
    const [first, ...others] = this.#pieces
    if (first === undefined) return ''
    this.#pieces = []
    this.#length = 0
    if (others.length === 0) return this.#textOf(first.isVerbatim ? first : trimmed(first))
    return this.#join([first, ...others])
  }

  #join(pieces: XmlPiece[]): string {
    const [from, to] = [pieces.findIndex(isKept), pieces.findLastIndex(isKept)]
    const inner = pieces.slice(Math.max(from, 0), to + 1)
    return inner
      .map((piece, index) => {
        if (piece.isVerbatim) return this.#textOf(piece)
        const text = index === 0 ? piece.text.trimStart() : piece.text
        return this.#textOf({ ...piece, text: index === inner.length - 1 ? text.trimEnd() : text })
      })
      .join('')
  }

  #textOf({ text, isVerbatim }: XmlPiece): string {
    const lines = text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text
    return isVerbatim ? lines : this.#resolve(lines)
  }
}

function isKept({ text, isVerbatim }: XmlPiece): boolean {
  return isVerbatim || text.trim() !== ''
}

function trimmed(piece: XmlPiece): XmlPiece {
  return { ...piece, text: piece.text.trim() }
}
