import type { Database, Table } from './database.ts'
import { accessError, missingError } from './errors.ts'
import { columnOf, emptyValue, type Field } from './fields.ts'
import type { ModelDefinition, Operation, Recomputation, Registry, Target } from './model.ts'
import type { Context, Row, Values } from './rows.ts'

/** Who calls. */
export interface User {
  readonly id: number
  readonly isAdmin: boolean
}

/** What watches records for base.automation. */
export interface Watcher {
  created(env: Env, model: string, moment: { readonly row: Row; readonly isEarly: boolean }): void
  changed(env: Env, model: string, change: { row: Row; fields: readonly string[] }): void
  deleted(env: Env, model: string, row: Row): void
}

/** What is to be worked out anew, and for which records. */
type Dirty = Map<Recomputation, { readonly model: string; readonly ids: Set<number> }>

/** What was changed of a record, and what was written, be it new or not. */
interface Marked {
  readonly changed: readonly string[]
  readonly written?: readonly string[]
}

interface EnvParts {
  readonly db: Database
  readonly registry: Registry
  readonly watcher: Watcher
  readonly user: User
  readonly context: Context
  /** The time of the transaction, with microseconds: every record that it writes gets this. */
  readonly stamp: string
  /** 19, 18 or 17. */
  readonly version: number
}

/** One call's view of the database: who asks, in what context, in which transaction. */
export class Env {
  readonly db: Database
  readonly registry: Registry
  readonly user: User
  readonly context: Context
  readonly stamp: string
  readonly version: number
  private readonly parts: EnvParts
  private readonly dirty: Dirty

  constructor(parts: EnvParts, dirty: Dirty = new Map()) {
    this.parts = parts
    this.db = parts.db
    this.registry = parts.registry
    this.user = parts.user
    this.context = parts.context
    this.stamp = parts.stamp
    this.version = parts.version
    this.dirty = dirty
  }

  /** The same transaction with more in its context. */
  with(context: Context): Env {
    return new Env({ ...this.parts, context: { ...this.context, ...context } }, this.dirty)
  }

  /** The same transaction without the limits of the user's rights. */
  asAdmin(): Env {
    return new Env({ ...this.parts, user: { ...this.user, isAdmin: true } }, this.dirty)
  }

  table(model: string): Table {
    return this.db.table(model)
  }

  find<T extends Row = Row>(model: string, id: unknown): T | undefined {
    return this.table(model).rows.get(id as number) as T | undefined
  }

  /** @throws {OdooError} MissingError. */
  get<T extends Row = Row>(model: string, id: unknown): T {
    const row = this.find<T>(model, id)
    if (!row) throw missingError(model, id, this.user.id)
    return row
  }

  /** The records whose indexed `field` has `value`, by id. */
  by<T extends Row = Row>(model: string, field: string, value: unknown): T[] {
    const ids = this.table(model).lookUp(field, [value])
    if (!ids) throw new Error(`${model}.${field} has no index`)
    return ids.toSorted((a, b) => a - b).map((id) => this.get<T>(model, id))
  }

  /** Adds a record with all that its model's fields are when empty. Watchers are not told. */
  insert<T extends Row = Row>(model: string, values: Values): T {
    const { id: uid } = this.user
    const trace = {
      create_uid: uid,
      create_date: this.stamp,
      write_uid: uid,
      write_date: this.stamp,
    }
    const id = this.table(model).nextId()
    // What is empty is inherited: most fields of most records are, and records are many.
    const empty = Object.create(storedDefaults(this.registry.get(model))) as T
    const row = Object.assign(empty, values, trace, { id })
    this.db.insert(model, row)
    this.mark(model, row, { changed: Object.keys(values) })
    return row
  }

  /** Writes values, and with them the time of writing, even where nothing changes by it. */
  update(model: string, row: Row, values: Values): void {
    const changed = Object.keys(values).filter((field) => !isSame(row[field], values[field]))
    this.mark(model, row, { changed, written: Object.keys(values) })
    this.db.update(model, row, { ...values, write_uid: this.user.id, write_date: this.stamp })
    this.mark(model, row, { changed, written: Object.keys(values) })
    if (changed.length > 0) this.parts.watcher.changed(this, model, { row, fields: changed })
  }

  /** Keeps values that were worked out; where they are what they were, nothing is written. */
  settle(model: string, row: Row, values: Values): void {
    const changed = Object.keys(values).filter((field) => !isSame(row[field], values[field]))
    if (changed.length === 0) return
    const fresh = Object.fromEntries(changed.map((field) => [field, values[field]]))
    this.db.update(model, row, fresh)
    this.mark(model, row, { changed })
    // A watcher sees the time of the write before this one.
    this.parts.watcher.changed(this, model, { row, fields: changed })
    this.db.update(model, row, { write_date: this.stamp })
  }

  delete(model: string, row: Row): void {
    this.parts.watcher.deleted(this, model, row)
    this.mark(model, row, { changed: Object.keys(row) })
    this.db.delete(model, row)
    for (const data of this.by('ir.model.data', 'target', `${model},${row.id}`)) {
      this.db.delete('ir.model.data', data)
    }
  }

  /** Tells watchers of a new record: once before its lines are there, and once when it is whole. */
  announce(model: string, row: Row, isEarly: boolean): void {
    this.parts.watcher.created(this, model, { row, isEarly })
  }

  /** Works out what rests on changed records. */
  flush(): void {
    for (const [recomputation, { model, ids }] of this.dirty) {
      // What is changed meanwhile is entered anew, and comes up again later in this loop.
      this.dirty.delete(recomputation)
      for (const id of ids) {
        const row = this.find(model, id)
        if (row) recomputation.run(this, row)
      }
    }
  }

  /** Has values of a record worked out anew with the next flush. */
  private markDirty({ model, recomputation }: Target, id: unknown): void {
    if (typeof id !== 'number') return
    const entry = this.dirty.get(recomputation)
    if (entry) entry.ids.add(id)
    else this.dirty.set(recomputation, { model, ids: new Set([id]) })
  }

  /** Forgets what was to be worked out, after a rollback. */
  forget(): void {
    this.dirty.clear()
  }

  /** @throws {OdooError} AccessError. */
  mayOrThrow(model: ModelDefinition, operation: Operation): void {
    const group = this.user.isAdmin ? undefined : model.forbidden?.[operation]
    if (!group) return
    const word = { create: 'create', read: 'access', unlink: 'delete', write: 'modify' }[operation]
    throw accessError(
      `You are not allowed to ${word} '${model.label}' (${model.name}) records.\n\n` +
        `This operation is allowed for the following groups:\n\t- ${group}\n\n` +
        'Contact your administrator to request access if necessary.',
    )
  }

  private mark(model: string, row: Row, { changed, written = changed }: Marked): void {
    for (const { fields, touched = [], via, target } of this.registry.restingOn(model)) {
      const isHit =
        changed.includes(via) ||
        fields.some((field) => changed.includes(field)) ||
        touched.some((field) => written.includes(field))
      if (!isHit) continue
      for (const id of this.linked(model, row, via)) this.markDirty(target, id)
    }
  }

  private linked(model: string, row: Row, via: string): readonly unknown[] {
    const field = this.registry.get(model).fields[via]
    if (field?.type === 'one2many' && field.relation && field.inverse) {
      return this.by(field.relation, field.inverse, row.id).map(({ id }) => id)
    }
    const links = row[via]
    return Array.isArray(links) ? links : [links]
  }
}

const defaultsByModel = new WeakMap<ModelDefinition, Values>()

/** The empty values of a model's stored fields, made once. */
function storedDefaults(model: ModelDefinition): Values {
  const known = defaultsByModel.get(model)
  if (known) return known
  const stored = Object.entries({ ...model.hidden, ...model.fields }).filter(
    ([, field]) => isStored(field) && !field.isInert,
  )
  const entries = stored.map(([name, field]) => [columnOf(name, field), emptyValue(field)])
  const values = Object.fromEntries(entries)
  defaultsByModel.set(model, values)
  return values
}

/** Says whether a field's value is kept in its row. */
export function isStored(field: Field): boolean {
  return !field.compute && !field.related && field.type !== 'one2many'
}

function isSame(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  return a.length === b.length && a.every((value, at) => value === b[at])
}
