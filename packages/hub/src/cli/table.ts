import { styleText } from 'node:util'

/** Colors a text, where there is color: who calls this knows whether the output is a terminal. */
export function paint(
  style: Parameters<typeof styleText>[0],
  text: string,
  { hasColor }: { readonly hasColor: boolean },
): string {
  return hasColor ? styleText(style, text, { validateStream: false }) : text
}

/** A column of a table for people. */
export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => Cell
  readonly align?: 'right'
}

export type Cell = string | number | boolean | Date | null | undefined

/**
 * Text from outside as a terminal may have it: no control character of it takes effect, neither those
 * that move the cursor nor those that turn the direction of the text around.
 */
export function printable(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    ' ',
  )
}

/** A value as people read it: times in UTC to the second, nothing as a dash. */
export function cellText(value: Cell): string {
  if (value === null || value === undefined || value === '') return '-'
  if (value instanceof Date) return `${value.toISOString().slice(0, 19).replace('T', ' ')}Z`
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return printable(String(value))
}

/** Rows below a line of titles, each column as wide as its widest cell. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  style: { readonly hasColor: boolean },
): string {
  const cells = rows.map((row) => columns.map((column) => cellText(column.value(row))))
  const titles = columns.map(({ title }) => title)
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  )
  const lines = cells.map((line) => joinLine(line, widths, columns))
  const head = joinLine(titles, widths, columns)
  return [paint('bold', head, style), ...lines].join('\n')
}

function joinLine<Row>(
  cells: readonly string[],
  widths: readonly number[],
  columns: readonly Column<Row>[],
): string {
  const padded = cells.map((cell, index) => {
    const width = widths[index] ?? 0
    return columns[index]?.align === 'right' ? cell.padStart(width) : cell.padEnd(width)
  })
  return padded.join('  ').trimEnd()
}

/** `name  value` lines, the values below each other. */
export function fields(pairs: readonly (readonly [string, Cell])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${cellText(value)}`).join('\n')
}

/** At most `length` characters of a text, with an ellipsis where something was left out. */
export function shorten(text: string | null | undefined, length: number): string | null {
  if (text === null || text === undefined) return null
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}
