/**
 * One thing that a system believes of a return, for comparison with what the hub believes. Quantities are
 * decimal strings in base units, amounts minor units.
 */
export interface BookEntry {
  /** The hub's number of the case, where the system was told. */
  readonly caseNo: string | null
  /** What the system itself calls the thing. */
  readonly ref: string
  readonly kind:
    | 'requested'
    | 'authorized'
    | 'label'
    | 'received'
    | 'credited'
    | 'refunded'
    | 'ticket'
    | 'message'
  readonly sku?: string
  readonly quantity?: string
  readonly minor?: number
  readonly currency?: string
  /** In the system's own word. */
  readonly status?: string
}
