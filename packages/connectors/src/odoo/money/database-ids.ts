/** Ids of the database in a text that the connector gave out: "137", or "137,140"; none for anything else. */
export function databaseIds(value: string | undefined): readonly number[] {
  if (value === undefined || !/^\d{1,10}(,\d{1,10})*$/.test(value)) return []
  return value.split(',').map(Number)
}
