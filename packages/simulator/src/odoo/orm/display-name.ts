import type { Env } from './env.ts'

/** The name by which Odoo shows a record, beside its id in every link. */
export function nameOf(env: Env, model: string, id: unknown): string {
  const row = env.find(model, id)
  if (!row) return ''
  const { displayName } = env.registry.get(model)
  if (displayName) return displayName(env, row)
  const { name } = row as { name?: unknown }
  return typeof name === 'string' ? name : `${model},${row.id}`
}
