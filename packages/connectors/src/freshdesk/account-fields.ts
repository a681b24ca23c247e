import { z } from 'zod'
import { type Caller, read } from './client.ts'
import type { Config } from './config.ts'

const field = z.looseObject({
  id: z.int(),
  name: z.string(),
  label: z.string(),
  type: z.string(),
  // Of the status `{"2": ["Open", "Being Processed"]}`, of a drop-down of ours a list, of other fields other forms.
  choices: z.unknown().optional(),
})
export type AccountField = z.output<typeof field>

const statusChoices = z.record(z.string().regex(/^\d{1,9}$/), z.array(z.string()).min(1))

/** All ticket fields, as agents may see them. */
export function listFields(caller: Caller): Promise<AccountField[]> {
  return read(caller, { path: '/ticket_fields' }, z.array(field))
}

/** The numbers of statuses by their labels in lower case. Those above 5 are the account's own. */
export function statusesOf(fields: readonly AccountField[]): ReadonlyMap<string, number> {
  const choices = fields.find(({ type }) => type === 'default_status')?.choices
  const parsed = statusChoices.safeParse(choices)
  if (!parsed.success) return new Map()
  const named = Object.entries(parsed.data).flatMap(([id, labels]) =>
    labels.slice(0, 1).map((label) => [label.toLowerCase(), Number(id)] as const),
  )
  return new Map(named)
}

const maxAgeMs = 60 * 60 * 1000
const known = new WeakMap<
  Config,
  { readonly atMs: number; readonly statuses: ReadonlyMap<string, number> }
>()

/** The number of a status; null for a label that the account does not have. Asked once an hour, or when it is not there. */
export async function statusNumber(caller: Caller, label: string): Promise<number | null> {
  const nowMs = caller.now.getTime()
  const before = known.get(caller.config)
  const found = before?.statuses.get(label.toLowerCase())
  if (before && found !== undefined && nowMs - before.atMs < maxAgeMs) return found
  const statuses = statusesOf(await listFields(caller))
  known.set(caller.config, { atMs: nowMs, statuses })
  return statuses.get(label.toLowerCase()) ?? null
}
