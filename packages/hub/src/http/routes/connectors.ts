import type { Connector } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { problems } from '../schemas/common.ts'
import { connector } from '../schemas/connections.ts'
import type { App, RouteDeps } from './types.ts'

export function connectorRoutes(app: App, { registry }: RouteDeps): void {
  // Made once: neither the list nor the schemas change while the process runs.
  const data = registry.list().map(connectorView)
  app.get(
    '/api/v1/connectors',
    {
      config: { access: 'connections.read' },
      schema: {
        operationId: 'listConnectors',
        tags: ['Connections'],
        summary: 'The kinds of systems that connections can be made to.',
        response: { 200: z.object({ data: z.array(connector) }), ...problems },
      },
    },
    () => ({ data }),
  )
}

function connectorView(known: Connector): z.infer<typeof connector> {
  return {
    key: known.key,
    title: known.title,
    roles: [...known.roles],
    topics: Object.keys(known.webhooks),
    commands: Object.keys(known.delivers),
    feeds: Object.keys(known.feeds),
    polls: Object.keys(known.polls),
    config: z.toJSONSchema(known.config, { io: 'input', unrepresentable: 'any' }),
    secretPaths: [...known.secretPaths],
    canCheck: known.check !== undefined,
  }
}
