/** Where and when a row of the set-up holds. Null: everywhere, always. */
export interface RowScope {
  readonly company: string | null
  readonly warehouse: string | null
  readonly channel: string | null
  readonly validFrom: Date | null
  /** The first moment at which it no longer holds. */
  readonly validTo: Date | null
}

/** What names a row among those of one role or axis: when it ends is not part of it. */
export type RowScopeKey = Omit<RowScope, 'validTo'>

export const everywhere: RowScope = {
  company: null,
  warehouse: null,
  channel: null,
  validFrom: null,
  validTo: null,
}

export const scopeColumns = `company, warehouse, channel, valid_from as "validFrom", valid_to as "validTo"`

/** Finds rows by their scope; its values are four parameters from the number `from` on. */
export function sameScope(from: number): string {
  return `company is not distinct from $${from} and warehouse is not distinct from $${from + 1}
    and channel is not distinct from $${from + 2} and valid_from is not distinct from $${from + 3}::timestamptz`
}

export function scopeValues({ company, warehouse, channel, validFrom }: RowScopeKey): unknown[] {
  return [company, warehouse, channel, validFrom]
}
