import type { Automation, Webhook } from '../automation.ts'
import type { Env, User } from '../orm/env.ts'
import { findExternalId } from '../orm/external-ids.ts'
import { type LoadTable, loadTable } from '../orm/load.ts'
import type { Values } from '../orm/rows.ts'
import { type Backend, inTransaction } from '../orm/transaction.ts'
import { asContext, checkCompanies, findMethod, runMethod } from './call-method.ts'
import { conflictAnswer, LoadGate } from './load-gate.ts'

/** One call of a method, its arguments already told apart. */
export interface Execution {
  readonly user: User
  readonly model: string
  readonly method: string
  readonly context: unknown
  readonly ids: readonly unknown[]
  readonly args: Values
}

/** What a call gave, and the webhooks that it set off. */
export interface Executed {
  readonly result: unknown
  readonly webhooks: readonly Webhook[]
}

/** Carries out calls, each in a transaction of its own. */
export class Executor {
  private readonly backend: Backend
  private readonly automation: Automation
  private readonly gate: LoadGate

  constructor(backend: Backend, automation: Automation, holdMs: number) {
    this.backend = backend
    this.automation = automation
    this.gate = new LoadGate(holdMs)
  }

  /** @throws {OdooError} */
  async execute(call: Execution): Promise<Executed> {
    if (call.method !== 'load' || this.isLookUp(call)) return this.once(call)
    const names = namesIn(call.args)
    const isNew = !this.anyKnown(call, names)
    return this.gate.run({
      names,
      act: () => this.once(call),
      lose: () => ({
        result: conflictAnswer,
        webhooks: isNew ? this.leaveTraces(call, names) : [],
      }),
    })
  }

  /** Answers a `load()` as the loser of a conflict. */
  lose(call: Execution): Executed {
    const names = namesIn(call.args)
    const webhooks = this.anyKnown(call, names) ? [] : this.leaveTraces(call, names)
    return { result: conflictAnswer, webhooks }
  }

  private once(call: Execution): Executed {
    try {
      const result = inTransaction(this.backend, this.caller(call), (env) => run(env, call))
      return { result, webhooks: this.automation.take() }
    } catch (error) {
      this.automation.take()
      throw error
    }
  }

  private caller({ user, context }: Execution) {
    const object = asContext(context)
    checkCompanies(object)
    return { user, context: object }
  }

  /** Says whether all that a `load()` names is there already and will be left alone. */
  private isLookUp(call: Execution): boolean {
    const { fields, data } = call.args as unknown as LoadTable
    const at = Array.isArray(fields) ? fields.indexOf('id') : -1
    const rows = Array.isArray(data) ? data : []
    if (at < 0) return true
    const isBare = fields.length === 1
    const isGetOrCreate = asContext(call.context)['mode'] === 'update'
    return inTransaction(this.backend, { user: call.user }, (env) =>
      rows.every((row) => {
        const known = findExternalId(env, String(row[at]))
        return known !== undefined && (isBare || (isGetOrCreate && known.noupdate))
      }),
    )
  }

  private anyKnown(call: Execution, names: readonly string[]): boolean {
    return inTransaction(this.backend, { user: call.user }, (env) =>
      names.some((name) => findExternalId(env, name) !== undefined),
    )
  }

  /**
   * Odoo tries twice before it gives up; each time ids are used up, and watchers saw a record once.
   * The loser cannot see what the winner made, so its names are forgotten for as long as it tries.
   */
  private leaveTraces(call: Execution, names: readonly string[]): Webhook[] {
    const { db } = this.backend
    const numbers = db.numbersNow()
    return [1, 2].flatMap(() => {
      db.setNumbers(numbers)
      try {
        inTransaction(this.backend, this.caller(call), (env) => {
          for (const name of names) forgetName(env, name)
          const model = env.registry.get(call.model)
          loadTable(env, { ...(call.args as unknown as LoadTable), model })
          throw new LostConflict()
        })
      } catch (error) {
        if (!(error instanceof LostConflict)) throw error
      }
      return this.automation.take().slice(0, 1)
    })
  }
}

class LostConflict extends Error {}

function forgetName(env: Env, name: string): void {
  const known = findExternalId(env, name)
  if (known) env.db.delete('ir.model.data', known)
}

function run(env: Env, { model, method, ids, args }: Execution): unknown {
  const found = findMethod(env, { model, method })
  if (found.kind !== 'method') throw new Error(`${model}.${method} was not looked for`)
  return runMethod(env, found, { ids, args })
}

/** The external ids in a table, of records and of their lines. */
function namesIn({ fields, data }: Values): string[] {
  if (!Array.isArray(fields) || !Array.isArray(data)) return []
  const columns = fields.flatMap((field, at) =>
    field === 'id' || /^[^/]+\/id$/.test(String(field)) ? [at] : [],
  )
  return data.flatMap((row: unknown) =>
    Array.isArray(row) ? columns.map((at) => String(row[at] ?? '')).filter(Boolean) : [],
  )
}
