/** Why a document cannot be read or written. Names places and rules, never a value of the document. */
export interface FormatProblem {
  readonly message: string
  /** From 1, where it is known. In X12 it counts segments. */
  readonly line?: number
  /** From 1, in UTF-16 units. */
  readonly column?: number
}

/** Carries a problem out of a recursion, up to `decode` or `encode`, and no further. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
  readonly problem: FormatProblem

  constructor(message: string, place: Omit<FormatProblem, 'message'> = {}) {
    super(message)
    this.problem = { message, ...place }
  }
}

/**
 * Line and column of an index of `text`.
 *
 * Counts by hand: a search that `text` alone decides is moved by the compiler, where this is called in several places of
 * a loop over `text`, from the branches that end the loop into the loop. Every turn then searches the whole text.
 */
export function placeOf(text: string, index: number): Required<Omit<FormatProblem, 'message'>> {
  let line = 1
  let start = 0
  for (let at = 0; at < index; at += 1) {
    if (text.charCodeAt(at) !== lineFeed) continue
    line += 1
    start = at + 1
  }
  return { line, column: index - start + 1 }
}

const lineFeed = 0x0a
