import type { Database } from './database.ts'
import { Env, type User, type Watcher } from './env.ts'
import type { Registry } from './model.ts'
import type { Context } from './rows.ts'
import type { Stamps } from './stamps.ts'

/** Everything that a transaction runs on. */
export interface Backend {
  readonly db: Database
  readonly registry: Registry
  readonly watcher: Watcher
  readonly stamps: Stamps
  readonly version: number
}

/** Who calls, and in what context. */
export interface Caller {
  readonly user: User
  readonly context?: Context
}

/** Runs `act` as one transaction: all that it did is kept, or nothing where it throws. */
export function inTransaction<T>(
  { db, registry, watcher, stamps, version }: Backend,
  { user, context = {} }: Caller,
  act: (env: Env) => T,
): T {
  const env = new Env({ db, registry, watcher, user, context, stamp: stamps.next(), version })
  try {
    const result = act(env)
    env.flush()
    db.commit()
    return result
  } catch (error) {
    db.rollback()
    throw error
  }
}
