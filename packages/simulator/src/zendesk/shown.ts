import type { Audit, Ticket, User } from './records.ts'
import type { World } from './world.ts'

/** A ticket as the API shows it: with every field that the account has, set or not. */
export function shownTicket(world: World, ticket: Ticket, baseUrl: string): object {
  const { tags, fields, ...plain } = ticket
  const custom = [...world.fields.keys()].map((id) => ({ id, value: fields.get(id) ?? null }))
  return {
    url: `${baseUrl}/api/v2/tickets/${ticket.id}.json`,
    ...plain,
    raw_subject: ticket.subject,
    priority: null,
    type: null,
    is_public: true,
    tags: [...tags],
    custom_fields: custom,
    fields: custom,
  }
}

export function shownAudit({ id, ticketId, at, authorId, comment, custom }: Audit): object {
  const event =
    comment === null
      ? []
      : [{ id: id * 10, type: 'Comment', body: comment.body, public: comment.public }]
  return {
    id,
    ticket_id: ticketId,
    created_at: at,
    author_id: authorId,
    metadata: { system: { client: 'Backhaul', location: 'Berlin' }, custom },
    events: event,
  }
}

export function shownUser({ id, name, email, role }: User): object {
  return { id, name, email, role, active: true, time_zone: 'Berlin', locale: 'en-US' }
}
