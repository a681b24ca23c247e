import type { CanonicalEvent } from '@backhaul/sdk/canonical'
import { cloudEventType } from '@backhaul/sdk/canonical'
import Fastify, { type FastifyInstance } from 'fastify'
import type { WorkingConnection } from '../../src/connect/active-connection.ts'
import { noPolicies } from '../../src/domain/index.ts'
import { noDocuments } from '../../src/mapping/mapper.ts'
import { type Incoming, type MessageResult, makeMessage } from '../../src/pipeline/message.ts'
import { CaseCache } from '../../src/pipeline/process/case-cache.ts'
import { HubError } from '../../src/platform/errors.ts'
import { openSite, type SiteSecrets, webhookPath } from '../environment/site.ts'
import { sourceConnection } from '../workload/stream.ts'
import { createDelivering } from './deliver.ts'
import { graphileWorker } from './graphile-worker.ts'
import { type Applied, createIngest } from './ingest.ts'
import type { DeliveryJob, JobLibrary } from './job.ts'
import { pgBoss } from './pg-boss.ts'

const libraries = { 'graphile-worker': graphileWorker, 'pg-boss': pgBoss } satisfies Record<
  string,
  (url: string) => JobLibrary
>
export type LibraryName = keyof typeof libraries

/** How a contender takes events in. */
export interface IngestForm {
  readonly writers: number
  readonly batchLimit: number
}

export interface ContenderOptions {
  readonly library: LibraryName
  readonly url: string
  readonly dataDir: string
  readonly port: number
  readonly sinkPorts: readonly number[]
  readonly secrets: SiteSecrets
  readonly form: IngestForm
}

/**
 * The hub's job on somebody else's job library, in one process: the same HTTP server, checks, statements
 * and core, and the library where the hub has its outbox. Says `ready`, and ends on SIGTERM.
 */
export async function runContender(options: ContenderOptions): Promise<void> {
  const site = await openSite({ url: options.url, dataDir: options.dataDir, poolSize: 12 })
  const library = libraries[options.library](options.url)
  const delivering = createDelivering({
    sinkPorts: options.sinkPorts,
    secret: options.secrets.outbound,
  })
  await library.start(delivering.deliver)
  const { receive } = createIngest({
    pool: site.pool,
    process: {
      connections: site.connections,
      mapper: noDocuments,
      lanes: { holds: () => false, hasRoom: () => false },
      lease: () => ({ nodeId: '00000000-0000-0000-0000-000000000000', seconds: 30 }),
      cache: new CaseCache(),
      policies: noPolicies,
      graceMs: 900_000,
      lookUpWaitMs: 0,
    },
    ...options.form,
    enqueue: (tx, applied) =>
      library.enqueue(
        tx,
        applied.flatMap((one) => jobsOf(one, options.sinkPorts.length)),
      ),
    onCommitted: library.onCommitted,
  })
  const connection = site.connections.get(sourceConnection)
  if (connection === undefined || connection.state === 'broken')
    throw new Error('the site has no source')
  const app = await listen(connection, { port: options.port, receive })
  process.send?.('ready')
  process.once('SIGTERM', () => {
    void (async () => {
      await app.close()
      await library.stop()
      await delivering.close()
      await site.close()
      process.exit(0)
    })()
  })
  process.once('disconnect', () => process.exit(0))
}

function jobsOf({ incoming, result }: Applied, sinkCount: number): DeliveryJob[] {
  if (incoming.reading.kind !== 'event') return []
  const { event } = incoming.reading
  const published = publishedEvent(event, result.caseId ?? '')
  return Array.from({ length: sinkCount }, (_, sink) => ({
    sink,
    key: `job_${sink}_${result.messageId}`,
    caseId: result.caseId ?? '',
    caseNo: result.caseNo ?? '',
    caseVersion: result.caseVersion ?? 0,
    event: published,
  }))
}

function publishedEvent({ id, source, type, time, data }: CanonicalEvent, subject: string) {
  return {
    specversion: '1.0',
    id,
    source,
    type: cloudEventType(type),
    subject,
    time,
    datacontenttype: 'application/json',
    data,
  }
}

async function listen(
  connection: WorkingConnection,
  { port, receive }: { port: number; receive: (incoming: Incoming) => Promise<MessageResult> },
): Promise<FastifyInstance> {
  const app = Fastify({ logger: false, bodyLimit: 4_194_304 })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.post<{ Body: Buffer }>(webhookPath, async (request, reply) => {
    const incoming = readWebhook(connection, request)
    const result = await receive(incoming)
    return reply
      .code(202)
      .send({ messageId: result.messageId, isRepeat: result.isRepeat, outcome: result.outcome })
  })
  await app.listen({ host: '127.0.0.1', port })
  return app
}

function readWebhook(
  connection: WorkingConnection,
  request: {
    readonly headers: Record<string, string | string[] | undefined>
    readonly url: string
    readonly body: Buffer
  },
): Incoming {
  const webhook = connection.connector.webhooks['canonical-events']
  if (!webhook) throw new HubError('NOT_FOUND', 'There is no such topic.')
  const { headers, body } = request
  const verdict = webhook.verify({
    method: 'POST',
    url: `http://127.0.0.1${request.url}`,
    headers,
    rawBody: body,
    secrets: connection.webhookSecrets('canonical-events'),
    now: new Date(),
  })
  if (!verdict.ok) throw new HubError('SIGNATURE_INVALID', 'The signature does not fit.')
  const reading = webhook.read({ rawBody: body, headers })
  const event = reading.ok ? (reading.payload as CanonicalEvent[])[0] : undefined
  if (!reading.ok || event === undefined)
    throw new HubError('VALIDATION_FAILED', 'Not a canonical event.')
  return {
    message: makeMessage({
      connectionId: connection.id,
      topic: 'canonical-events',
      externalId: reading.messageId,
      body,
      actor: `connection:${connection.id}`,
    }),
    reading: { kind: 'event', event },
  }
}
