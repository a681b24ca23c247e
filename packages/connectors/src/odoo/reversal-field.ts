/**
 * Whether a path of a nested read ends in the name that another version has for the credit notes that were made of
 * an invoice: `reversal_move_id` in 17, `reversal_move_ids` from 18 on (field lists of both, 2026-11-23).
 */
export function isOtherReversalField(path: string, version: number): boolean {
  const name = path.split('.').at(-1)
  return name === (version < 18 ? 'reversal_move_ids' : 'reversal_move_id')
}
