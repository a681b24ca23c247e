import type { Odoo } from '../client/odoo.ts'
import { byHand, differs, type Look, present } from './part.ts'

/** Something about a record that is not as it should be, and the values that mend it. */
export interface Fault {
  /** Half a sentence. */
  readonly text: string
  readonly values: Readonly<Record<string, unknown>>
}

/** What is not ours is mended by whoever it belongs to. */
export function lookAt(
  { id, isOurs }: { readonly id: number; readonly isOurs: boolean },
  name: string,
  faults: readonly Fault[],
): Look {
  if (faults.length === 0) return present(`${name} (id ${id})`)
  const detail = `${name} (id ${id}): ${faults.map(({ text }) => text).join('; ')}.`
  return isOurs ? differs(detail) : byHand(`${detail} It was not made by the set-up: change it.`)
}

export async function mend(
  admin: Odoo,
  model: string,
  {
    id,
    isOurs,
    faults,
  }: { readonly id: number; readonly isOurs: boolean; readonly faults: readonly Fault[] },
): Promise<void> {
  if (!isOurs || faults.length === 0) return
  const vals = Object.assign({}, ...faults.map(({ values }) => values)) as Record<string, unknown>
  await admin.act(model, 'write', { ids: [id], named: { vals } })
}
