import { freeText } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { documentName, maxContent } from '../../pipeline/documents.ts'
import { tryMapping } from '../../pipeline/try-mapping.ts'
import { HubError } from '../../platform/errors.ts'
import { mayDo } from '../access/rights.ts'
import { problems } from '../schemas/common.ts'
import { mappingTrial, trialView } from '../schemas/mapping-trial.ts'
import type { App, RouteDeps } from './types.ts'

const maxSample = 500_000

const asked = z.strictObject({
  name: documentName.regex(/\//, 'must be <connection>/<topic>'),
  content: freeText(maxContent).describe('YAML, as far as it is written.'),
  sample: z
    .union([
      z.strictObject({ messageId: z.uuid().toLowerCase() }),
      z.strictObject({ text: z.string().max(maxSample) }),
    ])
    .nullable()
    .default(null)
    .describe('A recorded message, or a text that stands for one.'),
})

export function mappingTrialRoute(app: App, { pool, glossary, clock }: RouteDeps): void {
  app.post(
    '/api/v1/mapping-trials',
    {
      config: { access: 'documents.manage' },
      schema: {
        operationId: 'tryMapping',
        tags: ['Documents'],
        summary: 'Says what a mapping that is being written makes of a sample.',
        description:
          'Reads with the words that are in force, and runs the examples that stand in the document. Nothing is kept or changed.',
        body: asked,
        response: { 200: mappingTrial, ...problems },
      },
    },
    async ({ body, caller }) => {
      if (body.sample !== null && !mayDo(caller.role, 'message_bodies.read')) {
        throw new HubError('FORBIDDEN', 'Who may not see messages cannot try a mapping on one.')
      }
      // What somebody has written themselves is no secret to them.
      const isMasked = caller.session !== null && body.sample !== null && 'messageId' in body.sample
      return trialView(await tryMapping({ pool, words: glossary, clock }, body), { isMasked })
    },
  )
}
