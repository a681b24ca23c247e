import type { Queryable } from './database.ts'

/** Stores a fact unless it is there, and returns the one that is. */
export async function keepFact(
  db: Queryable,
  { name, value }: { readonly name: string; readonly value: string },
): Promise<string> {
  await db.query('insert into hub_fact (name, value) values ($1, $2) on conflict do nothing', [
    name,
    value,
  ])
  const { rows } = await db.query<{ value: string }>('select value from hub_fact where name = $1', [
    name,
  ])
  return rows[0]?.value ?? value
}

/** @returns null where the fact was never stored. */
export async function findFact(db: Queryable, name: string): Promise<string | null> {
  const { rows } = await db.query<{ value: string }>('select value from hub_fact where name = $1', [
    name,
  ])
  return rows[0]?.value ?? null
}
