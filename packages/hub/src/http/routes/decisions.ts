import { freeText, positiveQuantity } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { overrideDecision } from '../../pipeline/override-decision.ts'
import { HubError } from '../../platform/errors.ts'
import { findCase } from '../../store/case-queries.ts'
import { listDecisions } from '../../store/policy.ts'
import { mayDo } from '../access/rights.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { problems, uuid } from '../schemas/common.ts'
import { decision, decisionView } from '../schemas/decisions.ts'
import { messageResult, messageResultView } from '../schemas/messages.ts'
import { idOrNo as params, personOf } from './returns.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Returns']
const decisionPlace = z.tuple([uuid])

export function decisionRoutes(app: App, deps: RouteDeps): void {
  const { pool } = deps
  app.get(
    '/api/v1/returns/:id/decisions',
    {
      config: { access: 'returns.read' },
      schema: {
        operationId: 'listDecisions',
        tags,
        summary: 'What rule sets, and people against them, decided of a return, the newest first.',
        params,
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(decision), ...problems },
      },
    },
    async ({ params: { id }, query, caller }, reply) => {
      const found = await findCase(pool, id)
      if (found === null) throw new HubError('NOT_FOUND', 'There is no such return.')
      const { limit, cursor } = query
      const [before] = readCursor(cursor, decisionPlace) ?? []
      const rows = await listDecisions(pool, { caseId: found.caseId, before, limit: limit + 1 })
      const { items, next } = cutPage(rows, limit, ({ decisionId }) => [decisionId])
      const showsInputs = mayDo(caller.role, 'policy_inputs.read')
      return sendPage(reply, { data: items.map((one) => decisionView(one, { showsInputs })), next })
    },
  )

  app.post(
    '/api/v1/returns/:id/override',
    {
      config: { access: 'returns.override' },
      schema: {
        operationId: 'overrideDecision',
        tags,
        summary: 'Authorizes lines that a rule set does not, with a reason and up to a limit.',
        params,
        body: z.strictObject({
          reason: freeText(2_000).min(3),
          lines: z
            .array(
              z.strictObject({ lineNo: z.int().min(1), quantity: positiveQuantity.optional() }),
            )
            .min(1)
            .max(1_000)
            .optional()
            .describe('All that are not authorized when left out.'),
        }),
        response: { 200: messageResult, ...problems },
      },
    },
    (request) => {
      const input = { idOrNo: request.params.id, ...request.body }
      const actionDeps = { ...deps, receive: deps.receiver.receive }
      return overrideDecision(actionDeps, input, personOf(request)).then(messageResultView)
    },
  )
}
