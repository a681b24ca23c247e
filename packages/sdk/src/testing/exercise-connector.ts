import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CommandType, MasterDataKind } from '../canonical/index.ts'
import type { Connector } from '../connector/define-connector.ts'
import { deliveryCases } from './delivery-cases.ts'
import { feedCases } from './feed-cases.ts'
import type { ConnectorCase, DeliverySample, ExerciseOptions, FeedSample } from './options.ts'
import { pollCases } from './poll-cases.ts'
import { webhookCases } from './webhook-cases.ts'

const caseTimeoutMs = 10_000

/**
 * Everything that a connector must do, as cases: authentic webhooks and nothing else, one effect per command
 * whatever the network does, errors of the right class, no secret in any of them; feeds and polls that come to an end.
 */
export function connectorCases(connector: Connector, options: ExerciseOptions): ConnectorCase[] {
  const deliveries = options.deliveries ?? {}
  const webhooks = Object.entries(options.webhooks ?? {})
  return [
    { name: 'has a sample of everything', run: async () => assertCovered(connector, options) },
    ...webhooks.flatMap(([topic, sample]) => webhookCases(connector, topic, { options, sample })),
    ...(Object.entries(deliveries) as [CommandType, DeliverySample][]).flatMap(([type, sample]) =>
      deliveryCases(connector, type, { options, sample }),
    ),
    ...(Object.entries(options.feeds ?? {}) as [MasterDataKind, FeedSample][]).flatMap(
      ([kind, sample]) => feedCases(connector, kind, { options, sample }),
    ),
    ...Object.entries(options.polls ?? {}).flatMap(([name, sample]) =>
      pollCases(connector, name, { options, sample }),
    ),
  ]
}

/** Registers the cases with node:test. */
export function exerciseConnector(connector: Connector, options: ExerciseOptions): void {
  describe(`connector ${connector.key}`, () => {
    for (const { name, leftOut, run } of connectorCases(connector, options)) {
      test(name, { timeout: caseTimeoutMs, skip: leftOut ?? false }, run)
    }
  })
}

function assertCovered(connector: Connector, options: ExerciseOptions): void {
  const { webhooks = {}, deliveries = {}, feeds = {}, polls = {} } = options
  const sampled = [webhooks, deliveries, feeds, polls].flatMap(Object.keys)
  const { webhooks: takes, delivers, feeds: feed, polls: asks } = connector
  const offered = [takes, delivers, feed, asks].flatMap(Object.keys)
  assert.deepEqual(sampled.toSorted(), offered.toSorted())
}
