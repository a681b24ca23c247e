import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import {
  type Connector,
  classifyStatus,
  DefinitionError,
  defineConnector,
  type PollDefinition,
  type PollPage,
  RetryableError,
  secret,
  webhook,
} from '../connector.ts'
import { schemes } from '../signing.ts'
import { connectorCases } from './exercise-connector.ts'
import type { FakeRule } from './fake-system.ts'
import type { ExerciseOptions } from './options.ts'

// A journal of five changes, a sound connector that polls it, and what happens when the connector is broken.

const token = 'acme-token-5b1c9e7a'
const config = z.object({ baseUrl: z.string(), token: secret(z.string()) })
type Config = z.output<typeof config>
type Pull = PollDefinition<Config>['pull']

function journal(): FakeRule {
  const all = ['a', 'b', 'c', 'd', 'e'].map((text, index) => ({ id: index + 1, text }))
  return ({ url, headers }) => {
    if (headers['authorization'] !== `Bearer ${token}`) return { status: 401 }
    const { searchParams } = new URL(url, 'http://acme')
    const after = Number(searchParams.get('after'))
    const entries = all.slice(after, after + Math.min(2, Number(searchParams.get('limit'))))
    return { status: 200, body: { entries, hasMore: after + entries.length < all.length } }
  }
}

const answer = z.object({
  entries: z.array(z.object({ id: z.int(), text: z.string() })),
  hasMore: z.boolean(),
})

const sound: Pull = async ({ config: own, fetch, cursor, limit, now }) => {
  const url = new URL(`/journal?after=${cursor ?? 0}&limit=${limit}`, own.baseUrl)
  const headers = { authorization: `Bearer ${own.token}` }
  const response = await fetch(url, { method: 'GET', headers })
  const failure = classifyStatus(response.status, response.headers, now)
  if (failure) throw failure
  const parsed = answer.safeParse(await response.json())
  if (!parsed.success) throw new RetryableError({ code: 'RESPONSE_MALFORMED' })
  const { entries, hasMore } = parsed.data
  const messages = entries.map((entry) => ({
    topic: 'entry',
    messageId: `entry:${entry.id}`,
    body: entry,
  }))
  return { messages, cursor: String(entries.at(-1)?.id ?? cursor ?? 0), hasMore }
}

const basics = {
  key: 'journal',
  title: 'Journal',
  sdkVersion: 1,
  config,
  roles: ['erp'],
  limits: { timeoutMs: 10_000 },
} as const

function withPoll(pull: Pull): Connector {
  return defineConnector({ ...basics, polls: { journal: { everySeconds: 60, pull } } })
}

const options: ExerciseOptions = {
  config: (baseUrl) => ({ baseUrl, token }),
  polls: { journal: { minMessages: 5 } },
  fake: journal,
}

async function failures(connector: Connector, more: Partial<ExerciseOptions> = {}) {
  const failed: string[] = []
  for (const { name, run } of connectorCases(connector, { ...options, ...more })) {
    await run().catch(() => failed.push(name))
  }
  return failed
}

/** The sound connector, with its pages changed. */
function changed(change: (page: PollPage, pull: Parameters<Pull>[0]) => PollPage): Pull {
  return async (pull) => change(await sound(pull), pull)
}

describe('the suite for polls', () => {
  test('passes a poll that comes to its end and goes on from there', async () => {
    assert.deepEqual(await failures(withPoll(sound)), [])
  })

  test('wants a sample of every poll', async () => {
    assert.deepEqual(await failures(withPoll(sound), { polls: {} }), ['has a sample of everything'])
  })

  let count = 0
  const faulty: readonly { name: string; pull: Pull; fails: string }[] = [
    {
      name: 'gives a body that is no JSON',
      pull: changed(({ messages, ...rest }) => ({
        ...rest,
        messages: messages.map((message) => ({ ...message, body: new Date(0) })),
      })),
      fails: 'gives messages that the hub can take',
    },
    {
      name: 'gives a topic that no address could have',
      pull: changed(({ messages, ...rest }) => ({
        ...rest,
        messages: messages.map((message) => ({ ...message, topic: 'Entry changed' })),
      })),
      fails: 'gives messages that the hub can take',
    },
    {
      name: 'gives two changes one id',
      pull: changed(({ messages, ...rest }) => ({
        ...rest,
        messages: messages.map((message) => ({ ...message, messageId: 'entry' })),
      })),
      fails: 'names different messages differently, and the same one the same',
    },
    {
      name: 'puts the time of reading into a message',
      pull: changed(({ messages, ...rest }) => {
        count += 1
        return { ...rest, messages: messages.map((one) => ({ ...one, body: { count } })) }
      }),
      fails: 'names different messages differently, and the same one the same',
    },
    {
      name: 'reads everything again each time',
      pull: async (pull) => {
        const all: PollPage[] = []
        for (let cursor: string | null = null; ; ) {
          const page: PollPage = await sound({ ...pull, cursor })
          all.push(page)
          cursor = page.cursor
          if (!page.hasMore) break
        }
        return { messages: all.flatMap((page) => page.messages), cursor: '5', hasMore: false }
      },
      fails: 'moves its cursor to an end, and goes on from there',
    },
    {
      name: 'never moves',
      pull: changed((page, { cursor }) => ({ ...page, cursor })),
      fails: 'moves its cursor to an end, and goes on from there',
    },
    {
      name: 'steps over what did not fit on a page',
      pull: changed(({ messages, cursor, hasMore }, { limit }) => ({
        messages,
        cursor: limit === 1 ? String(Number(cursor) + 1) : cursor,
        hasMore,
      })),
      fails: 'leaves nothing out where pages are small',
    },
    {
      name: 'takes an outage for no changes',
      pull: (pull) => sound(pull).catch(() => ({ messages: [], cursor: '0', hasMore: false })),
      fails: 'tells a system that is down by a delivery error',
    },
    {
      name: 'fails on an error page in a way of its own',
      pull: (pull) =>
        sound(pull).catch((error: unknown) => {
          throw new TypeError('no such field', { cause: error })
        }),
      fails: 'takes an answer that is none for no page',
    },
    {
      name: 'tells its secret in an error',
      pull: (pull) =>
        sound(pull).catch(() => {
          throw new RetryableError({ code: 'FAILED', reason: `with ${pull.config.token}` })
        }),
      fails: 'tells a system that is down by a delivery error',
    },
    {
      name: 'tells its secret in a message',
      pull: changed(({ messages, ...rest }, { config: own }) => ({
        ...rest,
        messages: messages.map((one) => ({ ...one, body: { from: own.token } })),
      })),
      fails: 'gives messages that the hub can take',
    },
    {
      name: 'does not end when its time is over',
      pull: (pull) => {
        const { signal: _never, ...rest } = pull
        const forever = new Promise<PollPage>(() => undefined)
        return sound({ ...rest, signal: new AbortController().signal }).catch(() => forever)
      },
      fails: 'ends when its time is over',
    },
  ]
  for (const { name, pull, fails } of faulty) {
    test(`notices a poll that ${name}`, { timeout: 20_000 }, async () => {
      const cases = connectorCases(withPoll(pull), options)
      const about = cases.find((one) => one.name === `poll journal: ${fails}`)
      assert.ok(about)
      await assert.rejects(about.run())
    })
  }
})

describe('a definition', () => {
  const problemsOf = (define: () => unknown): readonly string[] => {
    try {
      define()
      return []
    } catch (error) {
      assert.ok(error instanceof DefinitionError)
      return error.problems
    }
  }
  const poll = { everySeconds: 60, pull: sound }

  test('names polls so that they can be addressed, and leaves the hub its own name', () => {
    const polls = { 'My poll': poll, presence: poll }
    assert.deepEqual(
      problemsOf(() => defineConnector({ ...basics, polls })).map((one) => one.split(':')[0]),
      ['polls["My poll"]', 'polls["presence"]'],
    )
  })

  test('says what presence can be asked about', () => {
    const presence = { types: [], missing: async () => [] }
    const problems = problemsOf(() => defineConnector({ ...basics, polls: { poll }, presence }))
    assert.deepEqual(problems, ['presence.types must name at least one'])
  })

  test('wakes polls that it has', () => {
    const hint = webhook({
      payload: z.unknown(),
      verify: schemes.standardWebhooks.verify,
      secrets: ({ token: own }: Config) => [own],
      messageId: () => 'hint',
      wakesPoll: 'changes',
    })
    const define = () => defineConnector({ ...basics, polls: { poll }, webhooks: { hint } })
    assert.deepEqual(problemsOf(define), ['webhooks["hint"]: there is no poll changes'])
  })
})
