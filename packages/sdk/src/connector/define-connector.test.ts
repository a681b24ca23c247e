import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { schemes } from '../signing/schemes.ts'
import { canonicalEvents } from './canonical-events.ts'
import { type ConnectorDefinition, DefinitionError, defineConnector } from './define-connector.ts'
import { secret } from './secret-fields.ts'
import { webhook } from './webhook.ts'

const config = z.object({ url: z.string(), token: secret(z.string()) })

const topic = webhook({
  payload: z.object({ id: z.string() }),
  verify: schemes.shopify.verify,
  secrets: ({ token }: z.output<typeof config>) => [token],
  messageId: ({ id }) => id,
})

const definition = {
  key: 'acme-desk',
  title: 'Acme Desk',
  sdkVersion: 1,
  config,
  roles: ['helpdesk'],
  limits: { timeoutMs: 10_000, requestsPerMinute: 100, concurrency: 4 },
  webhooks: { 'ticket.updated': topic },
  delivers: {
    'ticket.update': { deliver: async () => ({}), idempotency: { kind: 'upsert' } },
  },
} as const satisfies ConnectorDefinition<typeof config>

/** What a definition is refused for. The changes are what a type checker would have refused, too. */
function problemsOf(changes: Record<string, unknown>): readonly string[] {
  try {
    defineConnector({ ...definition, ...changes })
    return []
  } catch (error) {
    assert.ok(error instanceof DefinitionError)
    return error.problems
  }
}

describe('a connector', () => {
  test('that is sound is taken as it is', () => {
    const connector = defineConnector(definition)
    assert.deepEqual(connector.secretPaths, ['token'])
    assert.deepEqual(Object.keys(connector.webhooks), ['ticket.updated'])
    assert.deepEqual(Object.keys(connector.delivers), ['ticket.update'])
    assert.equal(connector.check, undefined)
    assert.ok(Object.isFrozen(connector))
  })

  test('that only receives, or only delivers, is taken too', () => {
    assert.deepEqual(problemsOf({ webhooks: undefined }), [])
    assert.deepEqual(problemsOf({ delivers: undefined }), [])
    const feeds = { vendors: { pull: async () => ({ items: [], cursor: null, hasMore: false }) } }
    assert.deepEqual(problemsOf({ webhooks: undefined, delivers: undefined, feeds }), [])
  })

  const { 'ticket.update': delivery } = definition.delivers
  const cases: Record<string, { changes: Record<string, unknown>; problem: RegExp }> = {
    'has a key that is no name': { changes: { key: 'Acme Desk' }, problem: /key must be/ },
    'has no title': { changes: { title: ' ' }, problem: /title/ },
    'is of another sdk': { changes: { sdkVersion: 2 }, problem: /sdkVersion must be 1/ },
    'plays no part': { changes: { roles: [], delivers: {} }, problem: /roles must name/ },
    'plays an unknown part': {
      changes: { roles: ['helpdesk', 'oracle'] },
      problem: /oracle is no/,
    },
    'has no object to configure': { changes: { config: z.string() }, problem: /zod object/ },
    'has no schema at all': { changes: { config: {} }, problem: /zod object/ },
    'forgets to mark a secret': {
      changes: { config: z.object({ apiKey: z.string() }) },
      problem: /apiKey is named like a secret/,
    },
    'has a configuration in which secrets can hide': {
      changes: { config: z.object({ more: z.lazy(() => z.string()) }) },
      problem: /cannot hold a lazy: more/,
    },
    'feeds what the hub does not know': {
      changes: {
        feeds: { prices: { pull: async () => ({ items: [], cursor: null, hasMore: false }) } },
      },
      problem: /feeds\["prices"\]: is no master data/,
    },
    'has a feed that cannot be read': {
      changes: { feeds: { products: {} } },
      problem: /feeds\["products"\]: pull must be a function/,
    },
    'has no time limit': { changes: { limits: {} }, problem: /timeoutMs must be 1 to 120000/ },
    'takes its time': { changes: { limits: { timeoutMs: 120_001 } }, problem: /timeoutMs/ },
    'has an impossible rate': {
      changes: { limits: { timeoutMs: 1, requestsPerMinute: 0 } },
      problem: /requestsPerMinute/,
    },
    'has an impossible concurrency': {
      changes: { limits: { timeoutMs: 1, concurrency: 1.5 } },
      problem: /concurrency/,
    },
    'has tokens that nobody checks': {
      changes: { oauth: { settings: () => null, rotation: 'never' } },
      problem: /oauth needs check/,
    },
    'has a budget with an impossible rate': {
      changes: { limits: { timeoutMs: 1, budgets: { update: { requestsPerMinute: 0.5 } } } },
      problem: /budgets\["update"\]\.requestsPerMinute/,
    },
    'reads its limits by no function': {
      changes: { limits: { timeoutMs: 1, readHeaders: 'x-left' } },
      problem: /readHeaders/,
    },
    'does nothing': {
      changes: { webhooks: {}, delivers: {} },
      problem: /receives nothing and delivers nothing/,
    },
    'has a topic that is no part of an address': {
      changes: { webhooks: { 'orders/paid': topic } },
      problem: /webhooks\["orders\/paid"\]: a topic/,
    },
    'neither verifies nor says why': {
      changes: { webhooks: { t: { ...topic, verify: undefined } } },
      problem: /needs verify, or unsigned/,
    },
    'is unsigned for no reason': {
      changes: { webhooks: { t: { ...topic, verify: undefined, unsigned: ' ' } } },
      problem: /needs verify, or unsigned/,
    },
    'is unsigned at a public address': {
      changes: { webhooks: { t: { ...topic, verify: undefined, unsigned: 'no signatures' } } },
      problem: /needs secretAddress/,
    },
    'is both verified and unsigned': {
      changes: { webhooks: { t: { ...topic, unsigned: 'no signatures', secretAddress: true } } },
      problem: /not both/,
    },
    'does not say where its secrets are': {
      changes: { webhooks: { t: { ...topic, secrets: undefined } } },
      problem: /secrets must say/,
    },
    'does not name its messages': {
      changes: { webhooks: { t: { ...topic, messageId: undefined } } },
      problem: /messageId must name/,
    },
    'does not check its payload': {
      changes: { webhooks: { t: { ...topic, payload: undefined } } },
      problem: /payload must be a zod schema/,
    },
    'calls any payload canonical': {
      changes: { webhooks: { t: { ...topic, interprets: 'canonical' } } },
      problem: /needs the payload canonicalEvents/,
    },
    'delivers what is no command': {
      changes: { delivers: { 'note.sing': delivery } },
      problem: /delivers\["note.sing"\]: is no command/,
    },
    'delivers what a prototype holds': {
      changes: { delivers: { toString: delivery } },
      problem: /is no command/,
    },
    'delivers without a handler': {
      changes: { delivers: { 'ticket.update': { ...delivery, deliver: undefined } } },
      problem: /deliver must be a function/,
    },
    'does not say why a repeat is safe': {
      changes: { delivers: { 'ticket.update': { deliver: delivery.deliver } } },
      problem: /needs idempotency/,
    },
    'says it in unknown words': {
      changes: { delivers: { 'ticket.update': { ...delivery, idempotency: { kind: 'hope' } } } },
      problem: /needs idempotency/,
    },
    'creates what it cannot find': {
      changes: {
        delivers: { 'ticket.update': { ...delivery, idempotency: { kind: 'find_before_create' } } },
      },
      problem: /find_before_create needs readBack/,
    },
    'delivers for a part that it does not play': {
      changes: { roles: ['carrier'] },
      problem: /is owed to the role helpdesk/,
    },
  }

  for (const [name, { changes, problem }] of Object.entries(cases)) {
    test(`that ${name} is refused`, () => {
      const problems = problemsOf(changes)
      assert.equal(problems.length, 1, problems.join('; '))
      assert.match(problems[0] ?? '', problem)
    })
  }

  test('is refused for everything that is wrong, at once', () => {
    const problems = problemsOf({
      key: '',
      title: '',
      roles: ['nobody'],
      webhooks: {},
      delivers: {},
    })
    assert.equal(problems.length, 4)
  })

  test('may take canonical events as they are', () => {
    const canonical = webhook({
      payload: canonicalEvents,
      verify: schemes.standardWebhooks.verify,
      secrets: ({ token }: z.output<typeof config>) => [token],
      messageId: (events) => events[0]?.id ?? '',
      interprets: 'canonical',
    })
    const connector = defineConnector({ ...definition, webhooks: { events: canonical } })
    assert.equal(connector.webhooks['events']?.interprets, 'canonical')
  })
})
