import { boundedText } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { type Note, noteException, noteGroup } from '../../pipeline/exception-notes.ts'
import { listExceptionGroups } from '../../store/exception-groups.ts'
import { problems } from '../schemas/common.ts'
import {
  exception,
  exceptionGroup,
  exceptionGroupView,
  exceptionView,
  readGroup,
} from '../schemas/exceptions.ts'
import { personOf } from './returns.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Exceptions']
const config = { access: 'exceptions.work' } as const
const one = z.object({ id: z.uuid().toLowerCase() })
const group = z.object({ group: boundedText(200) })
const seen = z.strictObject({ isSeen: z.boolean().default(true).describe('false takes it back.') })
const snoozed = z.strictObject({
  until: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .nullable()
    .describe('Within 90 days; null wakes it.'),
})
const noted = { 200: z.object({ noted: z.int() }), ...problems }

/** Open exceptions by their cause, and what people note about one of them or about all that share a cause. */
export function exceptionGroupRoutes(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/exceptions/groups',
    {
      config: { access: 'exceptions.read' },
      schema: {
        operationId: 'listExceptionGroups',
        tags,
        summary: 'Open exceptions by their cause, the largest groups first.',
        querystring: z.strictObject({
          queue: exception.shape.queue.optional(),
          owner: boundedText(200).optional(),
        }),
        response: { 200: z.object({ data: z.array(exceptionGroup) }), ...problems },
      },
    },
    async ({ query }) => {
      const groups = await listExceptionGroups(deps.pool, query)
      return { data: groups.map(exceptionGroupView) }
    },
  )
  noteRoutes(app, deps)
  groupNoteRoutes(app, deps)
}

function noteRoutes(app: App, deps: RouteDeps): void {
  const response = { 200: exception, ...problems }

  app.post(
    '/api/v1/exceptions/:id/acknowledge',
    {
      config,
      schema: {
        operationId: 'acknowledgeException',
        tags,
        summary: 'Says that somebody has seen an open exception; it stays open.',
        params: one,
        body: seen.prefault({}),
        response,
      },
    },
    async ({ params, body, caller, headers }) => {
      const note: Note = { kind: 'acknowledge', ...body }
      const input = { exceptionId: params.id, note }
      return exceptionView(await noteException(deps, input, personOf({ caller, headers })))
    },
  )

  app.post(
    '/api/v1/exceptions/:id/snooze',
    {
      config,
      schema: {
        operationId: 'snoozeException',
        tags,
        summary: 'Puts an open exception out of the way until a time, or until it comes again.',
        params: one,
        body: snoozed,
        response,
      },
    },
    async ({ params, body, caller, headers }) => {
      const note: Note = { kind: 'snooze', ...body }
      const input = { exceptionId: params.id, note }
      return exceptionView(await noteException(deps, input, personOf({ caller, headers })))
    },
  )
}

function groupNoteRoutes(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/exceptions/groups/:group/acknowledge',
    {
      config,
      schema: {
        operationId: 'acknowledgeExceptionGroup',
        tags,
        summary:
          'Says that somebody has seen the open exceptions of a cause, in the queues of the role.',
        params: group,
        body: seen.prefault({}),
        response: noted,
      },
    },
    async ({ params, body, caller, headers }) => {
      const note: Note = { kind: 'acknowledge', ...body }
      const input = { group: readGroup(params.group), note }
      return { noted: await noteGroup(deps, input, personOf({ caller, headers })) }
    },
  )

  app.post(
    '/api/v1/exceptions/groups/:group/snooze',
    {
      config,
      schema: {
        operationId: 'snoozeExceptionGroup',
        tags,
        summary: 'Puts the open exceptions of a cause out of the way, in the queues of the role.',
        params: group,
        body: snoozed,
        response: noted,
      },
    },
    async ({ params, body, caller, headers }) => {
      const note: Note = { kind: 'snooze', ...body }
      const input = { group: readGroup(params.group), note }
      return { noted: await noteGroup(deps, input, personOf({ caller, headers })) }
    },
  )
}
