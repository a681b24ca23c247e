import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { assertTakesFiles, fileMessages } from '../../pipeline/files/file-messages.ts'
import { HubError } from '../../platform/errors.ts'
import { validateByZod } from '../body/validate.ts'
import { problems } from '../schemas/common.ts'
import { receiveAll } from './receive-all.ts'
import type { App, RouteDeps } from './types.ts'

const params = z.object({
  id: z.string().max(63),
  topic: z.string().max(100),
})
const query = z.strictObject({
  name: z
    .string()
    .max(255)
    .optional()
    .describe('The name of the file; one that ends in .eml is a mail, whose attachments count.'),
})
const taken = z.object({
  messages: z.array(
    z.object({
      messageId: z.uuid(),
      isRepeat: z.boolean().describe('The same file was taken in before.'),
    }),
  ),
})

/**
 * `POST /api/v1/connections/{id}/files/{topic}`: a file of any format that the topic's mapping document reads.
 * It is stored as it is, answered, and read after that, record by record.
 */
export function fileRoutes(app: App, deps: RouteDeps): void {
  const bodyLimit = deps.config.http.fileBodyLimitBytes
  void app.register(async (scope: FastifyInstance) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => {
      done(null, body)
    })
    scope.setValidatorCompiler(validateByZod)
    const files = scope as unknown as App
    files.post(
      '/api/v1/connections/:id/files/:topic',
      {
        bodyLimit,
        config: { access: 'files.post' },
        schema: {
          operationId: 'postFile',
          tags: ['Messages'],
          summary: 'Takes a file of a connected system in.',
          params,
          querystring: query,
          response: { 202: taken, ...problems },
        },
      },
      async ({ params: { id, topic }, query: { name = null }, body, caller }, reply) => {
        const connectionId = id
        if (caller.connectionId !== null && caller.connectionId !== connectionId) {
          throw new HubError('FORBIDDEN', 'This key speaks for another connection.')
        }
        assertTakesFiles(deps.connections, { connectionId, topic })
        const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
        if (bytes.length === 0) throw new HubError('VALIDATION_FAILED', 'The file is empty.')
        const { actor } = caller
        const messages = await fileMessages({ connectionId, topic, name, bytes, actor })
        const results = await receiveAll(deps.receiver, messages)
        return reply
          .code(202)
          .send({ messages: results.map(({ messageId, isRepeat }) => ({ messageId, isRepeat })) })
      },
    )
  })
}
