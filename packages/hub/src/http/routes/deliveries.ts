import { connectionId, freeText } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { discardDead } from '../../pipeline/discard.ts'
import { previewDead, replayDead, replayDelivery } from '../../pipeline/replay.ts'
import { HubError } from '../../platform/errors.ts'
import {
  type DeliveryRecord,
  findDelivery,
  listAttempts,
  listDead,
  listDeliveries,
} from '../../store/delivery-queries.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { problems } from '../schemas/common.ts'
import {
  deadFilter,
  deadFilterOf,
  maxReplays,
  readDeliveryId,
  selected,
} from '../schemas/dead-filter.ts'
import {
  delivery,
  deliveryDetail,
  deliveryDetailView,
  deliveryState,
  deliveryView,
} from '../schemas/deliveries.ts'
import { personOf } from './returns.ts'
import type { App, RouteDeps } from './types.ts'

const deliveryId = z.object({ id: z.string().max(64).describe('`<case id>.<number>`') })
const place = z.tuple([connectionId, z.uuid(), z.int().min(0).max(2_147_483_647)])
const tags = ['Deliveries']

function placeOf({ connectionId: id, caseId, deliveryNo }: DeliveryRecord) {
  return [id, caseId, deliveryNo]
}

function readPlace(cursor: string | undefined) {
  const found = readCursor(cursor, place)
  return found && { connectionId: found[0], caseId: found[1], deliveryNo: found[2] }
}

export function deliveryRoutes(app: App, deps: RouteDeps): void {
  listRoutes(app, deps)
  replayRoutes(app, deps)
  discardRoute(app, deps)

  app.get(
    '/api/v1/deliveries/:id',
    {
      config: { access: 'deliveries.read' },
      schema: {
        operationId: 'getDelivery',
        tags,
        summary: 'A delivery, with its command and its tries.',
        params: deliveryId,
        response: { 200: deliveryDetail, ...problems },
      },
    },
    async ({ params, caller }) => {
      const { caseId, deliveryNo } = readDeliveryId(params.id)
      const found = await findDelivery(deps.pool, { caseId, deliveryNo })
      if (found === null) throw new HubError('NOT_FOUND', 'There is no such delivery.')
      const tries = await listAttempts(deps.pool, { caseId, deliveryNos: [deliveryNo] })
      return deliveryDetailView(found, tries, { isMasked: caller.session !== null })
    },
  )
}

function listRoutes(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/deliveries',
    {
      config: { access: 'deliveries.read' },
      schema: {
        operationId: 'listDeliveries',
        tags,
        summary: 'Deliveries: those of a return in any state, or all that wait or died.',
        querystring: z
          .strictObject({
            ...pageQuery,
            state: deliveryState.optional(),
            connection: connectionId.optional(),
            case: z.uuid().toLowerCase().optional().describe('Id of the return.'),
          })
          .refine(
            ({ state, case: caseId }) =>
              caseId !== undefined || state === 'pending' || state === 'dead',
            { path: ['case'], message: 'name a return, or ask for the state pending or dead' },
          ),
        response: { 200: pageOf(delivery), ...problems },
      },
    },
    async ({ query }, reply) => {
      const { limit, cursor, state, connection, case: caseId } = query
      const after = readPlace(cursor)
      const filter = { state, connectionId: connection, caseId, after, limit: limit + 1 }
      const rows = await listDeliveries(pool, filter)
      const { items, next } = cutPage(rows, limit, placeOf)
      return sendPage(reply, { data: items.map(deliveryView), next })
    },
  )

  app.get(
    '/api/v1/dead-letters',
    {
      config: { access: 'deliveries.read' },
      schema: {
        operationId: 'listDeadLetters',
        tags,
        summary: 'Deliveries that died, those of the newest returns first.',
        querystring: z.strictObject({ ...pageQuery, ...deadFilter }),
        response: { 200: pageOf(delivery), ...problems },
      },
    },
    async ({ query }, reply) => {
      const { limit, cursor, ...filter } = query
      const page = { ...deadFilterOf(filter), after: readPlace(cursor), limit: limit + 1 }
      const { items, next } = cutPage(await listDead(pool, page), limit, placeOf)
      return sendPage(reply, { data: items.map(deliveryView), next })
    },
  )
}

function replayRoutes(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/deliveries/:id/replay',
    {
      config: { access: 'deliveries.replay' },
      schema: {
        operationId: 'replayDelivery',
        tags,
        summary: 'Sends a delivery again, under the same idempotency key.',
        params: deliveryId,
        body: z
          .strictObject({
            evenIfDelivered: z
              .boolean()
              .default(false)
              .describe('Also one that was delivered, for a neighbor that has lost it.'),
          })
          .prefault({}),
        response: { 202: z.object({ deliveryId: z.string(), replayOf: z.string() }), ...problems },
      },
    },
    async ({ params, body, caller }, reply) => {
      const key = readDeliveryId(params.id)
      return reply.code(202).send(await replayDelivery(deps, { ...key, ...body }, caller))
    },
  )

  app.post(
    '/api/v1/dead-letters/replay',
    {
      config: { access: 'deliveries.replay' },
      schema: {
        operationId: 'replayDeadLetters',
        tags,
        summary: 'Replays dead letters that fit, or says which it would.',
        body: z.strictObject({
          ...deadFilter,
          ids: selected,
          dryRun: z.boolean().default(true).describe('Count them and show some; send nothing.'),
          limit: z.int().min(1).max(maxReplays).default(500),
        }),
        response: {
          200: z.object({
            count: z.int().describe('Up to 10,000.'),
            sample: z.array(delivery),
          }),
          202: z.object({ replayed: z.int(), left: z.int().describe('Up to 10,000.') }),
          ...problems,
        },
      },
    },
    async ({ body, caller }, reply) => {
      const { dryRun, limit, ...filter } = body
      const selection = deadFilterOf(filter)
      if (!dryRun) {
        return reply.code(202).send(await replayDead(deps, { ...selection, limit }, caller))
      }
      const { count, sample } = await previewDead(deps, selection)
      return reply.code(200).send({ count, sample: sample.map(deliveryView) })
    },
  )
}

function discardRoute(app: App, deps: RouteDeps): void {
  const actionDeps = { ...deps, receive: deps.receiver.receive }
  app.post(
    '/api/v1/dead-letters/discard',
    {
      config: { access: 'deliveries.replay' },
      schema: {
        operationId: 'discardDeadLetters',
        tags,
        summary: 'Gives dead letters up that fit, or says which it would.',
        description:
          'They stay in the history and are not sent again. The exception that the death of one raised is resolved with it, where its queue is one that the role works on.',
        body: z.strictObject({
          ...deadFilter,
          ids: selected,
          reason: freeText(1_000).describe('Why; kept with each, and in the audit log.'),
          dryRun: z.boolean().default(true).describe('Count them and show some; discard nothing.'),
          limit: z.int().min(1).max(maxReplays).default(500),
        }),
        response: {
          200: z.union([
            z.object({ count: z.int().describe('Up to 10,000.'), sample: z.array(delivery) }),
            z.object({
              discarded: z.int(),
              resolved: z.int().describe('Exceptions that were resolved with them.'),
              left: z.int().describe('Up to 10,000.'),
            }),
          ]),
          ...problems,
        },
      },
    },
    async ({ body, caller, headers }) => {
      const { dryRun, limit, reason, ...filter } = body
      const selection = deadFilterOf(filter)
      if (!dryRun) {
        return discardDead(
          actionDeps,
          { ...selection, limit, reason },
          personOf({ caller, headers }),
        )
      }
      const { count, sample } = await previewDead(deps, selection)
      return { count, sample: sample.map(deliveryView) }
    },
  )
}
