/**
 * A short fingerprint of what a source said about an object, to tell a repeat of it from a statement
 * that contradicts it. Not for security: FNV-1a over the text, 52 bits.
 */
export function fingerprint(parts: readonly unknown[]): string {
  const text = JSON.stringify(parts)
  let low = 0x811c9dc5
  let high = 0x1000193
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    low = Math.imul(low ^ unit, 0x01000193) >>> 0
    high = Math.imul(high ^ (unit + index), 0x85ebca6b) >>> 0
  }
  return (high % 0x100000).toString(36) + low.toString(36)
}

/** `text`, cut to `max` characters with a fingerprint of the whole where it is longer. */
export function fitted(text: string, max: number): string {
  if (text.length <= max) return text
  const mark = fingerprint([text])
  return `${text.slice(0, max - mark.length - 1)}~${mark}`
}

/** An id made from another one, short enough for the wire. */
export function derivedId(prefix: string, id: string): string {
  return fitted(`${prefix}-${id}`, 100)
}
