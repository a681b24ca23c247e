import type { DoubleRequest } from '../double/index.ts'
import type { FieldValue } from './records.ts'
import type { TicketChange, World } from './world.ts'

/** A ticket as a client sends it. */
export interface Asked {
  readonly external_id?: string | null
  readonly subject?: string
  readonly status?: string
  readonly custom_status_id?: number
  readonly requester_id?: number
  readonly requester?: { readonly name?: string; readonly email?: string }
  readonly tags?: readonly string[]
  readonly comment?: { readonly body?: string; readonly public?: boolean }
  readonly custom_fields?: readonly { readonly id: number; readonly value: FieldValue }[]
  readonly metadata?: unknown
  readonly safe_update?: unknown
  readonly updated_stamp?: string
  readonly via_followup_source_id?: number
}

/** Null for a body that is none. */
export function askedOf(request: DoubleRequest): Asked | null {
  const body = request.json() as { readonly ticket?: unknown } | null | undefined
  const ticket = body?.ticket
  return typeof ticket === 'object' && ticket !== null ? ticket : null
}

export function changeOf(world: World, asked: Asked): TicketChange {
  const { comment, external_id, subject, status, custom_status_id, custom_fields } = asked
  const text = comment?.body
  const note =
    text === undefined
      ? {}
      : { comment: { body: text, public: comment?.public ?? true, authorId: world.apiUser.id } }
  return {
    ...(external_id === undefined ? {} : { external_id }),
    ...(subject === undefined ? {} : { subject }),
    ...(status === undefined ? {} : { status }),
    ...(custom_status_id === undefined ? {} : { custom_status_id }),
    ...(custom_fields === undefined ? {} : { custom_fields }),
    ...note,
    custom: asked.metadata ?? {},
  }
}

const statuses = ['new', 'open', 'pending', 'hold', 'solved', 'closed']

/** What is wrong with values; null for nothing. */
export function validationOf(world: World, asked: Asked): object | null {
  if (asked.status !== undefined && !statuses.includes(asked.status)) {
    return { status: [{ description: `Status: ${asked.status} is not a valid status` }] }
  }
  for (const { id, value } of asked.custom_fields ?? []) {
    const field = world.fields.get(id)
    if (!field || value === null || value === '') continue
    const options = field.custom_field_options
    if (field.type === 'tagger' && !options?.some((option) => option.value === value)) {
      return { base: [{ description: `${field.title}: ${String(value)} is not a valid option` }] }
    }
    if (field.type === 'integer' && !/^-?\d+$/.test(String(value))) {
      return { base: [{ description: `${field.title}: is not a number` }] }
    }
  }
  return null
}
