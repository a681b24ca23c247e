import type { User } from './orm/env.ts'
import { nameRecord } from './orm/external-ids.ts'
import { readRecords } from './orm/read-records.ts'
import type { Row } from './orm/rows.ts'
import { searchPage } from './orm/search.ts'
import { type Backend, inTransaction } from './orm/transaction.ts'
import { importRecords, type RecordedRecords } from './seed/import-records.ts'

/** The records of a double, for tests: no call is counted, and nothing goes wrong. */
export class TestAccess {
  private readonly backend: Backend
  private readonly user: User

  constructor(backend: Backend, user: User) {
    this.backend = backend
    this.user = user
  }

  /** The records of a model that a domain takes, as they are stored: links are ids. */
  find(model: string, domain: readonly unknown[] = []): Readonly<Row>[] {
    return inTransaction(this.backend, { user: this.user }, (env) => {
      const definition = env.registry.get(model)
      return searchPage(env, { model: definition, domain }, { order: 'id' }).map((id) =>
        env.get(model, id),
      )
    })
  }

  /** The records of a model that a domain takes, as Odoo would read them. */
  read(model: string, domain: readonly unknown[], fields: readonly string[]) {
    return inTransaction(this.backend, { user: this.user }, (env) => {
      const definition = env.registry.get(model)
      const ids = searchPage(env, { model: definition, domain }, { order: 'id' })
      return readRecords(env, { model: definition, ids }, fields)
    })
  }

  /** From now on remembers how to go back to the records that there are now. */
  remember(): void {
    this.backend.db.remember()
  }

  /** Makes the records again what they were when `remember` was called. */
  goBack(): void {
    this.backend.db.goBack()
  }

  /** Puts records under their own ids, over what has those ids. */
  import(records: RecordedRecords): void {
    inTransaction(this.backend, { user: this.user }, (env) => importRecords(env, records))
  }

  /** Says whether there is such a model. */
  has(model: string): boolean {
    return this.backend.registry.find(model) !== undefined
  }

  exists(model: string, id: number): boolean {
    return this.backend.db.table(model).rows.has(id)
  }

  /** The model that a field of a model leads to. */
  relationOf(model: string, field: string): string | undefined {
    return this.backend.registry.find(model)?.fields[field]?.relation
  }

  /** Takes records out of the database, with no more ado. */
  remove(model: string, ids: readonly number[]): void {
    const { db } = this.backend
    for (const id of ids) {
      const row = db.table(model).rows.get(id)
      if (row) db.delete(model, row)
    }
    db.commit()
  }

  /** Gives a record an external id, as a `load()` in get-or-create mode does. */
  name(name: string, [model, id]: readonly [string, number]): void {
    inTransaction(this.backend, { user: this.user }, (env) =>
      nameRecord(env, { model, id }, { name, noupdate: true }),
    )
  }

  /** Lets the ids of a model go on at `id`. */
  continueAt(model: string, id: number): void {
    this.backend.db.table(model).continueAt(id)
  }
}
