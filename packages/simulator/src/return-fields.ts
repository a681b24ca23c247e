/** What an agent fills in of a return on a ticket; what is left out stays as it is. */
export interface ReturnFields {
  readonly action?: 'start' | 'answered' | 'cancel'
  readonly order?: string
  readonly sku?: string
  readonly quantity?: string
  readonly reason?: string
}
