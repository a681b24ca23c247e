import type { Env, Watcher } from './orm/env.ts'
import { columnOf, type Field } from './orm/fields.ts'
import type { ModelDefinition } from './orm/model.ts'
import { asIds, type Row } from './orm/rows.ts'
import { searchIds } from './orm/search.ts'
import { valueOf } from './orm/value-of.ts'
import { PythonFloat, toPythonJson } from './wire/python-json.ts'

/** One webhook that is to be sent once the transaction is over. */
export interface Webhook {
  readonly url: string
  /** The text that is sent. */
  readonly body: string
}

interface Rule {
  readonly trigger: string
  readonly fields: readonly string[]
  readonly actions: readonly Row[]
  readonly domain: unknown
}

const onCreation = new Set(['on_create_or_write', 'on_create'])
const onChange = new Set(['on_create_or_write', 'on_write', 'on_state_set'])

/**
 * Automation rules that send webhooks. They look at a record in the middle of a transaction, and
 * what they saw is sent even where `load()` undoes the record afterwards.
 */
export class Automation implements Watcher {
  private queue: Webhook[] = []
  private rules: Map<string, Rule[]> | null = null

  /** The webhooks of the transaction that ended, which are then forgotten. */
  take(): Webhook[] {
    const { queue } = this
    this.queue = []
    return queue
  }

  created(env: Env, model: string, { row, isEarly }: { row: Row; isEarly: boolean }): void {
    this.noticeRules(model)
    for (const rule of this.rulesFor(env, model)) {
      if (!onCreation.has(rule.trigger)) continue
      // What Odoo works out and stores is worked out before the lines are there, and counts as a change.
      if (isEarly && !rule.fields.some((name) => isWorkedOut(env, model, name))) continue
      this.fire(env, { model, row }, rule)
    }
  }

  changed(env: Env, model: string, { row, fields }: { row: Row; fields: readonly string[] }): void {
    this.noticeRules(model)
    for (const rule of this.rulesFor(env, model)) {
      if (!onChange.has(rule.trigger)) continue
      const isWatched =
        rule.fields.length === 0 || rule.fields.some((name) => fields.includes(name))
      if (isWatched) this.fire(env, { model, row }, rule)
    }
  }

  deleted(env: Env, model: string, row: Row): void {
    this.noticeRules(model)
    for (const rule of this.rulesFor(env, model)) {
      if (rule.trigger === 'on_unlink') this.fire(env, { model, row }, rule)
    }
  }

  private noticeRules(model: string): void {
    if (model === 'base.automation' || model === 'ir.actions.server') this.rules = null
  }

  private rulesFor(env: Env, model: string): readonly Rule[] {
    this.rules ??= readRules(env)
    return this.rules.get(model) ?? []
  }

  private fire(env: Env, { model, row }: { model: string; row: Row }, rule: Rule): void {
    const definition = env.registry.get(model)
    if (rule.domain && !searchIds(env, definition, rule.domain).includes(row.id)) return
    for (const action of rule.actions) {
      const body = toPythonJson(payloadOf(env, { model: definition, row }, action))
      this.queue.push({ url: String(action['webhook_url']), body })
    }
  }
}

function isWorkedOut(env: Env, model: string, name: string): boolean {
  return env.registry.get(model).fields[name]?.isComputedAndStored === true
}

function readRules(env: Env): Map<string, Rule[]> {
  const rules = new Map<string, Rule[]>()
  for (const row of env.table('base.automation').rows.values()) {
    if (row['active'] === false) continue
    const model = String(env.find('ir.model', row['model_id'])?.['model'])
    const actions = asIds(row['action_server_ids'])
      .map((id) => env.get('ir.actions.server', id))
      .filter((action) => action['state'] === 'webhook')
    const rule: Rule = {
      trigger: String(row['trigger']),
      fields: namesOf(env, row['trigger_field_ids']).map((name) => columnIn(env, model, name)),
      actions,
      domain: readDomain(row['filter_domain']),
    }
    rules.set(model, [...(rules.get(model) ?? []), rule])
  }
  return rules
}

function columnIn(env: Env, model: string, name: string): string {
  const field = env.registry.find(model)?.fields[name]
  return field ? columnOf(name, field) : name
}

/** A domain as it is kept: as Python writes it. */
function readDomain(text: unknown): unknown {
  if (typeof text !== 'string') return null
  const json = text
    .replaceAll('(', '[')
    .replaceAll(')', ']')
    .replaceAll("'", '"')
    .replaceAll('True', 'true')
    .replaceAll('False', 'false')
  return JSON.parse(json)
}

const namesOf = (env: Env, ids: unknown): string[] =>
  asIds(ids).map((id) => String(env.get('ir.model.fields', id)['name']))

function payloadOf(
  env: Env,
  { model, row }: { model: ModelDefinition; row: Row },
  action: Row,
): Record<string, unknown> {
  const payload: Record<string, unknown> = {
    _action: `${String(action['name'])}(#${action.id})`,
    _id: row.id,
    _model: model.name,
    id: row.id,
  }
  for (const name of namesOf(env, action['webhook_field_ids'])) {
    const field = model.fields[name] as Field
    const value = valueOf(env, { model, name, field }, row) ?? false
    const isFloat = field.type === 'float' || field.type === 'monetary'
    payload[name] = isFloat && typeof value === 'number' ? new PythonFloat(value) : value
  }
  return payload
}
