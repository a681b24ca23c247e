import { createHmac } from 'node:crypto'
import type { Ticket, Trigger, Webhook } from './records.ts'
import type { World } from './world.ts'

interface Condition {
  readonly field: string
  readonly operator: string
  readonly value?: unknown
}

/** Whether a trigger fires on an update; of conditions only those that are used here are known. */
export function isFired(
  { active, conditions }: Trigger,
  ticket: Ticket,
  changed: ReadonlySet<string>,
): boolean {
  const { all = [], any = [] } = conditions as {
    readonly all?: readonly Condition[]
    readonly any?: readonly Condition[]
  }
  const holds = ({ field, operator, value }: Condition): boolean => {
    if (operator === 'changed') return changed.has(field)
    const id = Number(/^custom_fields_(\d+)$/.exec(field)?.[1])
    const now = ticket.fields.get(id) ?? null
    if (operator === 'value') return changed.has(field) && now === value
    if (operator === 'present') return now !== null
    return operator === 'is' && now === value
  }
  return active && all.every(holds) && (any.length === 0 || any.some(holds))
}

/** A trigger's webhook call: which webhook, and the body with its placeholders filled in. */
export function callsOf(
  world: World,
  { actions }: Trigger,
  ticket: Ticket,
): { readonly webhook: Webhook; readonly body: string }[] {
  return actions.flatMap(({ field, value }) => {
    if (field !== 'notification_webhook' || !Array.isArray(value)) return []
    const [id, template] = value.map(String)
    const webhook = world.webhooks.get(id ?? '')
    return webhook?.status === 'active'
      ? [{ webhook, body: filled(world, template ?? '', ticket) }]
      : []
  })
}

/** Values go in as they are: a quotation mark in one of them breaks the JSON around it. */
function filled(world: World, template: string, ticket: Ticket): string {
  const requester = world.users.get(ticket.requester_id)
  const values: Readonly<Record<string, string>> = {
    'ticket.id': String(ticket.id),
    'ticket.external_id': ticket.external_id ?? '',
    'ticket.status': ticket.status,
    'ticket.requester.email': requester?.email ?? '',
    'ticket.requester.name': requester?.name ?? '',
  }
  return template.replaceAll(/\{\{\s*([\w.]+)\s*\}\}/g, (_whole, name: string) => {
    const field = /^ticket\.ticket_field_(\d+)$/.exec(name)?.[1]
    if (field === undefined) return values[name] ?? ''
    return String(ticket.fields.get(Number(field)) ?? '')
  })
}

export function signatureHeaders(
  { id, secret }: Webhook,
  body: Buffer,
  at: Date,
): Record<string, string> {
  const timestamp = `${at.toISOString().slice(0, 19)}Z`
  const signature = createHmac('sha256', secret).update(timestamp).update(body).digest('base64')
  return {
    'x-zendesk-account-id': '123456',
    'x-zendesk-webhook-id': id,
    'x-zendesk-webhook-signature': signature,
    'x-zendesk-webhook-signature-timestamp': timestamp,
  }
}
