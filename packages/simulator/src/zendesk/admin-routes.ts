import type { DoubleAnswer, Route } from '../double/index.ts'
import type { FieldOption, Trigger } from './records.ts'
import { shownUser } from './shown.ts'
import type { Account } from './ticket-routes.ts'

const notFound: DoubleAnswer = { status: 404, body: { error: 'RecordNotFound' } }

/** Fields, webhooks, triggers and who calls: what an administrator may set up. */
export function adminRoutes({ world }: Account): Route[] {
  return [
    ['GET', '/api/v2/users/me', () => ({ status: 200, body: { user: shownUser(world.apiUser) } })],
    [
      'GET',
      '/api/v2/custom_statuses',
      () => ({ status: 200, body: { custom_statuses: world.customStatuses } }),
    ],
    ...fieldRoutes({ world }),
    ...webhookRoutes({ world }),
    ...triggerRoutes({ world }),
  ]
}

type Held = Pick<Account, 'world'>

function fieldRoutes({ world }: Held): Route[] {
  return [
    [
      'GET',
      '/api/v2/ticket_fields',
      () => ({
        status: 200,
        body: { ticket_fields: [...world.fields.values()], meta: { has_more: false } },
      }),
    ],
    [
      'POST',
      '/api/v2/ticket_fields',
      (request) => {
        const { ticket_field: asked } = request.json() as { ticket_field: FieldAsked }
        const taken = [...world.fields.values()].flatMap((one) => one.custom_field_options ?? [])
        const twice = asked.custom_field_options?.find(({ value }) =>
          taken.some((option) => option.value === value),
        )
        // A tag belongs to one option in the whole account.
        if (twice) return invalid(`${twice.value} is already used by another field`)
        return { status: 201, body: { ticket_field: world.addField(asked) } }
      },
    ],
    [
      'DELETE',
      '/api/v2/ticket_fields/:id',
      ({ params }) => (world.fields.delete(Number(params['id'])) ? { status: 204 } : notFound),
    ],
  ]
}

interface FieldAsked {
  readonly title: string
  readonly type: string
  readonly custom_field_options?: readonly FieldOption[]
}

function invalid(description: string): DoubleAnswer {
  return { status: 422, body: { error: 'RecordInvalid', details: { base: [{ description }] } } }
}

function webhookRoutes({ world }: Held): Route[] {
  const shown = (id: string) => {
    const found = world.webhooks.get(id)
    if (!found) return null
    const { secret: _secret, ...rest } = found
    return rest
  }
  return [
    [
      'GET',
      '/api/v2/webhooks',
      () => ({
        status: 200,
        body: { webhooks: [...world.webhooks.keys()].map(shown), meta: { has_more: false } },
      }),
    ],
    [
      'POST',
      '/api/v2/webhooks',
      (request) => {
        const { webhook } = request.json() as { webhook: Parameters<typeof world.addWebhook>[0] }
        return { status: 201, body: { webhook: shown(world.addWebhook(webhook).id) } }
      },
    ],
    [
      'PATCH',
      '/api/v2/webhooks/:id',
      (request) => {
        const id = request.params['id'] ?? ''
        const known = world.webhooks.get(id)
        if (!known) return notFound
        const { webhook } = request.json() as { webhook: Partial<typeof known> }
        world.webhooks.set(id, { ...known, ...webhook, id })
        return { status: 204 }
      },
    ],
    [
      'GET',
      '/api/v2/webhooks/:id/signing_secret',
      ({ params }) => {
        const found = world.webhooks.get(params['id'] ?? '')
        if (!found) return notFound
        return {
          status: 200,
          body: { signing_secret: { algorithm: 'sha256', secret: found.secret } },
        }
      },
    ],
    [
      'DELETE',
      '/api/v2/webhooks/:id',
      ({ params }) => {
        const id = params['id'] ?? ''
        const isUsed = [...world.triggers.values()].some(({ actions }) =>
          JSON.stringify(actions).includes(id),
        )
        if (isUsed) return invalid('The webhook is used by a trigger')
        return world.webhooks.delete(id) ? { status: 204 } : notFound
      },
    ],
  ]
}

function triggerRoutes({ world }: Held): Route[] {
  return [
    [
      'GET',
      '/api/v2/triggers',
      () => ({
        status: 200,
        body: { triggers: [...world.triggers.values()], meta: { has_more: false } },
      }),
    ],
    [
      'POST',
      '/api/v2/triggers',
      (request) => {
        const { trigger } = request.json() as { trigger: Omit<Trigger, 'id'> }
        return { status: 201, body: { trigger: world.addTrigger({ ...trigger, active: true }) } }
      },
    ],
    [
      'PUT',
      '/api/v2/triggers/:id',
      (request) => {
        const id = Number(request.params['id'])
        const known = world.triggers.get(id)
        if (!known) return notFound
        const { trigger } = request.json() as { trigger: Partial<Trigger> }
        world.triggers.set(id, { ...known, ...trigger, id })
        return { status: 200, body: { trigger: world.triggers.get(id) } }
      },
    ],
    [
      'DELETE',
      '/api/v2/triggers/:id',
      ({ params }) => (world.triggers.delete(Number(params['id'])) ? { status: 204 } : notFound),
    ],
  ]
}
