import { parseReference, type Reference } from '../../references.ts'

const anywhere = /RMA-\d{6,15}-\d(?!\d)(?:[:/][^\s<>,;]{1,100})?/

/** The return that a text names: as a whole, as the hub writes it, or somewhere in it, as people do. */
export function referenceIn(text: string | null): Reference | null {
  return parseReference(text) ?? parseReference(anywhere.exec(text ?? '')?.[0] ?? null)
}

/** The first of some texts that names a return. */
export function firstReference(texts: readonly (string | null | undefined)[]): Reference | null {
  for (const text of texts) {
    const found = referenceIn(text ?? null)
    if (found !== null) return found
  }
  return null
}

/** The line of the return that the source document of a move names; null for none. */
export function lineNoOf(origin: string | null): number | null {
  const match = /^RMA-\d{6,15}-\d:([1-9]\d{0,5})$/.exec(origin?.trim() ?? '')
  return match === null ? null : Number(match[1])
}
