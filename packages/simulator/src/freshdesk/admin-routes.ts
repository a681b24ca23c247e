import type { DoubleAnswer, Route } from '../double/index.ts'
import type { TicketField } from './records.ts'
import type { Account } from './ticket-routes.ts'

const notFound: DoubleAnswer = { status: 404 }

interface FieldAsked {
  readonly label: string
  readonly type: string
  readonly choices?: readonly { readonly value: string }[]
}

/** Fields, statuses and who calls. */
export function adminRoutes({ world }: Pick<Account, 'world'>): Route[] {
  return [
    [
      'GET',
      '/api/v2/agents/me',
      () => ({
        status: 200,
        body: {
          id: 1,
          type: 'support_agent',
          contact: { name: 'Backhaul', email: 'backhaul@acme.example' },
        },
      }),
    ],
    [
      'GET',
      '/api/v2/ticket_fields',
      () => {
        const choices = Object.fromEntries(
          [...world.statuses].map(([id, label]) => [String(id), [label, label]]),
        )
        const status = { id: 3, name: 'status', label: 'Status', type: 'default_status', choices }
        return { status: 200, body: [status, ...[...world.fields.values()].map(shownField)] }
      },
    ],
    [
      'POST',
      '/api/v2/admin/ticket_fields',
      (request) => {
        const asked = request.json() as FieldAsked
        const isTaken = [...world.fields.values()].some(({ label }) => label === asked.label)
        if (isTaken) {
          const errors = [
            { field: 'label', message: 'It should be a unique value', code: 'duplicate_value' },
          ]
          return { status: 409, body: { description: 'Validation failed', errors } }
        }
        const choices = (asked.choices ?? []).map(({ value }) => value)
        const { label, type } = asked
        return { status: 201, body: shownField(world.addField({ label, type, choices })) }
      },
    ],
    [
      'DELETE',
      '/api/v2/admin/ticket_fields/:id',
      ({ params }) => {
        const found = [...world.fields.values()].find(({ id }) => id === Number(params['id']))
        if (!found) return notFound
        world.fields.delete(found.name)
        return { status: 204 }
      },
    ],
  ]
}

function shownField({ id, name, label, type, choices }: TicketField): object {
  return { id, name, label, type, default: false, ...(choices.length > 0 ? { choices } : {}) }
}
