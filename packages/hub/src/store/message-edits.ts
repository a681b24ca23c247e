import type { Pool, Tx } from './database.ts'

/** A message that stands for another one, which a person has edited. */
export interface MessageEdit {
  readonly originalId: string
  readonly editedId: string
  readonly editedBy: string
  /** When the edited message came in. */
  readonly editedAt: Date
  readonly reason: string
}

export async function insertMessageEdit(tx: Tx, edit: MessageEdit): Promise<void> {
  const { originalId, editedId, editedBy, editedAt, reason } = edit
  await tx.query(
    `insert into message_edit (original_id, edited_id, edited_by, edited_at, reason)
     values ($1, $2, $3, $4, $5)`,
    [originalId, editedId, editedBy, editedAt, reason],
  )
}

/**
 * Forgets the edits whose edited messages are in this partition of `inbox_message`, which is about to go.
 *
 * @returns how many.
 */
export async function deleteEditsIn(pool: Pool, partition: string): Promise<number> {
  const { rowCount } = await pool.query(
    `with day as (select to_date(right($1, 8), 'YYYYMMDD')::timestamp at time zone 'UTC' as begins)
     delete from message_edit e using day
     where e.edited_at >= day.begins and e.edited_at < day.begins + interval '1 day'`,
    [partition],
  )
  return rowCount ?? 0
}
