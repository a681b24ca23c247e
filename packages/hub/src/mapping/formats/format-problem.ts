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

/** Line and column of an index of `text`. */
export function placeOf(text: string, index: number): Required<Omit<FormatProblem, 'message'>> {
  let line = 1
  let start = 0
  for (let end = text.indexOf('\n'); end >= 0 && end < index; end = text.indexOf('\n', start)) {
    line += 1
    start = end + 1
  }
  return { line, column: index - start + 1 }
}
