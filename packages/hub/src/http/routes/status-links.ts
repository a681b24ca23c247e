import { z } from 'zod'
import { makeStatusLink, revokeStatusLinks } from '../../pipeline/status-page/links.ts'
import { iso, problems, time } from '../schemas/common.ts'
import { idOrNo } from './returns.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Returns']
const config = { access: 'status_links.manage' } as const

const statusLink = z
  .object({
    url: z.url().describe('Whoever has it may look at the page of the return.'),
    expiresAt: time,
  })
  .meta({ id: 'StatusLink', description: 'A link for the customer of a return.' })

/** Links to the customer's page of a return. */
export function statusLinkRoutes(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/returns/:id/status-link',
    {
      config,
      schema: {
        operationId: 'makeStatusLink',
        tags,
        summary: 'Makes a link for the customer to the page of their return.',
        description:
          'Earlier links stay good until they expire or are revoked. The page needs no account; it shows where the return stands, in words for customers.',
        params: idOrNo,
        body: z
          .strictObject({
            days: z
              .int()
              .min(1)
              .max(366)
              .optional()
              .describe('How long it is good for; `statusPage.linkDays` when left out.'),
          })
          .prefault({}),
        response: { 201: statusLink, ...problems },
      },
    },
    async ({ params, body, caller }, reply) => {
      const { url, expiresAt } = await makeStatusLink(
        deps,
        { idOrNo: params.id, days: body.days },
        caller,
      )
      return reply.code(201).send({ url, expiresAt: iso(expiresAt) })
    },
  )
  app.delete(
    '/api/v1/returns/:id/status-link',
    {
      config,
      schema: {
        operationId: 'revokeStatusLinks',
        tags,
        summary: 'Revokes all links to the page of a return, those in mails included.',
        params: idOrNo,
        response: { 204: z.null().describe('They lead nowhere from now on.'), ...problems },
      },
    },
    async ({ params, caller }, reply) => {
      await revokeStatusLinks(deps, params.id, caller)
      return reply.code(204).send(null)
    },
  )
}
