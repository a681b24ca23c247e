import type { RowScope } from '../store/row-scope.ts'

/** What a return says of where it belongs, at a moment. */
export interface ReturnScope {
  readonly company: string
  readonly warehouse: string | null
  readonly channel: string
  readonly at: Date
}

const names = ['company', 'warehouse', 'channel'] as const

/** Rows in the order in which they are asked: those that name more first, and of those the ones that began last. */
export function byPrecedence<Row extends RowScope>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => specificity(b) - specificity(a) || start(b) - start(a))
}

function specificity(row: RowScope): number {
  return names.filter((name) => (row[name] ?? null) !== null).length
}

function start({ validFrom }: RowScope): number {
  return validFrom?.getTime() ?? Number.NEGATIVE_INFINITY
}

/** Whether a row is about a return. Asked without one, only what holds everywhere and always does. */
export function fits(row: RowScope, scope: ReturnScope | undefined): boolean {
  if (scope === undefined) return isEverywhere(row)
  const { at } = scope
  if (row.validFrom && at < row.validFrom) return false
  if (row.validTo && at >= row.validTo) return false
  return names.every((name) => (row[name] ?? null) === null || row[name] === scope[name])
}

function isEverywhere(row: RowScope): boolean {
  return specificity(row) === 0 && !row.validFrom && !row.validTo
}

/** A text that two rows share when they are about the same. */
export function scopeName(row: RowScope): string {
  return JSON.stringify([...names.map((name) => row[name] ?? null), row.validFrom ?? null])
}
