import { boundedText, externalRef, freeText, lineNo } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { assignCase, cancelCase, linkRef, revealCustomer } from '../../pipeline/case-actions.ts'
import type { ActionDeps } from '../../pipeline/person-actions.ts'
import { ownerField, ownerView } from '../schemas/case-answers.ts'
import { problems, text } from '../schemas/common.ts'
import { messageResult, messageResultView } from '../schemas/messages.ts'
import { idOrNo as params, personOf } from './returns.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Returns']
const reason = freeText(2_000).min(3)
const response = { 200: messageResult, ...problems }

/** What people do with a return beside judging claims and exceptions. */
export function caseActionRoutes(app: App, deps: RouteDeps): void {
  const actionDeps: ActionDeps = { ...deps, receive: deps.receiver.receive }
  personalRoutes(app, actionDeps)

  app.post(
    '/api/v1/returns/:id/cancel',
    {
      config: { access: 'returns.cancel' },
      schema: {
        operationId: 'cancelReturn',
        tags,
        summary:
          'Calls a return off, or some of its lines, as long as nothing of them is under way.',
        params,
        body: z.strictObject({ reason, lineNos: z.array(lineNo).min(1).max(1_000).optional() }),
        response,
      },
    },
    (request) => {
      const input = { idOrNo: request.params.id, ...request.body }
      return cancelCase(actionDeps, input, personOf(request)).then(messageResultView)
    },
  )

  app.post(
    '/api/v1/returns/:id/refs',
    {
      config: { access: 'returns.work' },
      schema: {
        operationId: 'linkIdentifier',
        tags,
        summary: 'Ties an identifier of another system to a return by hand.',
        params,
        body: externalRef.extend({ note: freeText(4_000).optional() }),
        response,
      },
    },
    (request) => {
      const { note, ...ref } = request.body
      const input = { idOrNo: request.params.id, ref, note }
      return linkRef(actionDeps, input, personOf(request)).then(messageResultView)
    },
  )
}

const revealed = z
  .object({
    customer: z.record(text, z.unknown()).nullable().describe('As the request names them.'),
    deliveredTo: z.record(text, z.unknown()).nullable(),
    words: z
      .array(z.object({ seq: z.int(), lineNo: z.int().nullable(), text }))
      .describe('What the customer wrote about lines.'),
  })
  .meta({ id: 'RevealedCustomer', description: 'Who the customer of a return is.' })

function personalRoutes(app: App, deps: ActionDeps): void {
  app.put(
    '/api/v1/returns/:id/owner',
    {
      config: { access: 'returns.work' },
      schema: {
        operationId: 'assignReturn',
        tags,
        summary: 'Gives a return to a person, or back to nobody.',
        params,
        body: z.strictObject({ owner: boundedText(200).nullable() }),
        response: { 200: z.object({ owner: ownerField }), ...problems },
      },
    },
    async ({ params: { id }, body, caller }) => {
      const owner = await assignCase(deps, { idOrNo: id, ...body }, caller)
      return { owner: ownerView(owner) }
    },
  )

  app.post(
    '/api/v1/returns/:id/reveal',
    {
      config: { access: 'customer.read' },
      schema: {
        operationId: 'revealCustomer',
        tags,
        summary: 'Shows who the customer is; who asked, and why, is written to the audit log.',
        params,
        body: z.strictObject({ reason }),
        response: { 200: revealed, ...problems },
      },
    },
    async ({ params: { id }, body, caller }) => {
      const shown = await revealCustomer(deps, { idOrNo: id, ...body }, caller)
      return { ...shown, words: [...shown.words] }
    },
  )
}
