/** Rows that are JSON text already, as one JSON array: the parameter of a statement that reads a recordset. */
export function rowsText(rows: readonly string[]): string {
  return `[${rows.join()}]`
}

/** A text from outside, or null, as JSON. */
export function quoted(text: string | null): string {
  return text === null ? 'null' : JSON.stringify(text)
}
