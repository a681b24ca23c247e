import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { Connector } from '../connector/define-connector.ts'
import type { PolledMessage, PollPage } from '../connector/poll.ts'
import { listSecrets } from '../connector/secret-fields.ts'
import { DeliveryError } from '../errors.ts'
import type { FakeSystem } from './fake-system.ts'
import { findLeak, withConsole } from './leaks.ts'
import type { ConnectorCase, ExerciseOptions, PollSample } from './options.ts'
import { stageNow } from './stage.ts'
import { assertNothingWentAround, leftOutOf, startSystem } from './start-system.ts'
import { createTestDial } from './test-dial.ts'
import { createTestFetch } from './test-fetch.ts'

/** A poll and a fresh fake system behind it. */
interface Source {
  readonly system: FakeSystem
  readonly pull: (cursor: string | null, how?: { readonly limit?: number }) => Promise<PollPage>
  /** Pulls with a signal that aborts as soon as a request hangs. @returns how it ended; null when it did not. */
  readonly pullAborted: () => Promise<unknown>
  readonly sample: PollSample
}

type Act = (source: Source) => Promise<void>

const pageLimit = 100
const maxPages = 1_000
const maxCursor = 4_000
const graceMs = 500
const topicPattern = /^[a-z0-9][a-z0-9._-]{0,99}$/
const messageIdPattern = /^[\x20-\x7e]{1,200}$/

/** What every poll must do, as cases. */
export function pollCases(
  connector: Connector,
  name: string,
  { options, sample }: { readonly options: ExerciseOptions; readonly sample: PollSample },
): ConnectorCase[] {
  const named = ([does, act]: [string, Act]) => ({
    name: `poll ${name}: ${does}`,
    run: () => withSource(connector, name, { options, sample, act }),
  })
  return [
    ...Object.entries(acts).map(named),
    ...Object.entries(actsOfHttp).map((one) => leftOutOf(options.sockets, named(one))),
  ]
}

async function withSource(
  connector: Connector,
  name: string,
  scene: { readonly options: ExerciseOptions; readonly sample: PollSample; readonly act: Act },
): Promise<void> {
  const { options, sample, act } = scene
  const system = await startSystem(options)
  const dialed: ReadonlySet<number>[] = []
  try {
    const config: unknown = connector.config.parse(options.config(system.baseUrl))
    const secrets = [...listSecrets(config, connector.secretPaths), ...(options.secrets ?? [])]
    const source = sourceOf(connector, name, { system, config, secrets, sample, dialed })
    const { lines } = await withConsole(() => act(source))
    assert.equal(findLeak(lines, secrets) === null, true, 'a secret was logged')
    assert.deepEqual(system.effects, [], 'reading changed something')
    assertNothingWentAround(system, dialed)
  } finally {
    await system.close()
  }
}

function sourceOf(
  connector: Connector,
  name: string,
  scenery: Pick<Source, 'system' | 'sample'> & {
    readonly config: unknown
    readonly secrets: readonly string[]
    /** The ports that pulls dialed from. */
    readonly dialed: ReadonlySet<number>[]
  },
): Source {
  const { system, sample, config, secrets, dialed } = scenery
  const poll = connector.polls[name]
  assert.ok(poll, `polls ${name}`)
  const pullWithin = async (
    signal: AbortSignal,
    { cursor, limit }: { readonly cursor: string | null; readonly limit: number },
  ): Promise<PollPage> => {
    const fetch = createTestFetch(signal)
    const { dial, ports, end } = createTestDial(signal)
    dialed.push(ports)
    try {
      const page = await poll.pull({ config, signal, fetch, dial, now: stageNow, cursor, limit })
      assert.equal(findLeak(page, secrets) === null, true, 'a secret shows in a page')
      return page
    } catch (error) {
      assert.equal(findLeak(error, secrets) === null, true, 'a secret shows in an error')
      throw error
    } finally {
      end()
    }
  }
  return {
    system,
    sample,
    pull: (cursor, { limit = pageLimit } = {}) =>
      pullWithin(new AbortController().signal, { cursor, limit }),
    async pullAborted() {
      const controller = new AbortController()
      system.onHang = () => controller.abort()
      const ended = pullWithin(controller.signal, { cursor: null, limit: pageLimit }).then(
        () => 'gave a page',
        (error: unknown) => error,
      )
      const overdue = new Promise<null>((resolve) => {
        controller.signal.addEventListener('abort', () => setTimeout(resolve, graceMs, null))
      })
      return Promise.race([ended, overdue])
    },
  }
}

/** All messages from a cursor on, and where they end. */
async function pullAll(
  { pull }: Source,
  from: string | null,
): Promise<{ messages: PolledMessage[]; cursor: string | null }> {
  const messages: PolledMessage[] = []
  let cursor = from
  for (let count = 0; count < maxPages; count += 1) {
    const page = await pull(cursor)
    messages.push(...page.messages)
    if (page.hasMore) assert.notEqual(page.cursor, cursor, 'has more, and its cursor stands still')
    cursor = page.cursor
    if (!page.hasMore) return { messages, cursor }
  }
  throw new assert.AssertionError({ message: `has no end after ${maxPages} pages` })
}

function assertTakable({ topic, messageId, body }: PolledMessage): void {
  assert.match(topic, topicPattern, 'a topic is lower-case letters, digits, dots, hyphens')
  assert.match(messageId, messageIdPattern, 'a message id has 1 to 200 printable ASCII characters')
  if (body instanceof Uint8Array) return
  const text: unknown = JSON.stringify(body)
  assert.equal(typeof text, 'string', 'a body is JSON')
  assert.deepEqual(JSON.parse(text as string), body, 'a body is JSON, and nothing else')
}

/** What a broken proxy, an error page or somebody else may answer in place of the system. */
const hostileBodies = ['', '{', '"text"', '<html>We are down for maintenance</html>']

const acts: Record<string, Act> = {
  'gives messages that the hub can take': async (source) => {
    const { messages } = await pullAll(source, null)
    const { minMessages = 1 } = source.sample
    assert.ok(messages.length >= minMessages, `gave ${messages.length} messages`)
    for (const message of messages) assertTakable(message)
  },
  'names different messages differently, and the same one the same': async (source) => {
    const { messages } = await pullAll(source, null)
    const again = await pullAll(source, null)
    const byId = new Map(messages.map((message) => [message.messageId, message]))
    for (const message of [...messages, ...again.messages]) {
      const same = isDeepStrictEqual(byId.get(message.messageId), message)
      assert.ok(same, 'one id stands for two messages, or a repeated message has another id')
    }
  },
  'moves its cursor to an end, and goes on from there': async (source) => {
    const { messages, cursor } = await pullAll(source, null)
    assert.ok(cursor !== null && cursor.length <= maxCursor, 'its end has a cursor')
    const after = await pullAll(source, cursor)
    // An overlap repeats some; all of it again would be no cursor.
    const isAllAgain = messages.length > 1 && after.messages.length >= messages.length
    assert.equal(isAllAgain, false, 'read everything again from its last cursor')
  },
  'leaves nothing out where pages are small': async (source) => {
    const { messages } = await pullAll(source, null)
    const small = { ...source, pull: (cursor: string | null) => source.pull(cursor, { limit: 1 }) }
    const inSmall = await pullAll(small, null)
    const ids = new Set(inSmall.messages.map(({ messageId }) => messageId))
    const left = messages.filter(({ messageId }) => !ids.has(messageId))
    assert.equal(left.length, 0, `${left.length} messages are not in small pages`)
  },
  'gives the same for the same cursor, also after a failure': async (source) => {
    const first = await source.pull(null)
    source.system.strike({ kind: 'lose', moment: 'before_effect' }, 'everything')
    await assert.rejects(source.pull(null), DeliveryError)
    source.system.heal()
    const again = await source.pull(null)
    assert.ok(isDeepStrictEqual(again, first), 'a repeated page was another one')
  },
  'tells a lost connection by a delivery error': async ({ system, pull }) => {
    for (const moment of ['before_effect', 'after_effect'] as const) {
      system.strike({ kind: 'lose', moment }, 'everything')
      await assert.rejects(pull(null), DeliveryError)
    }
  },
  'ends when its time is over': async ({ system, pullAborted }) => {
    system.strike({ kind: 'hang', moment: 'before_effect' }, 'everything')
    const ended = await pullAborted()
    assert.notEqual(ended, null, 'went on after its time was up')
    assert.ok(ended instanceof DeliveryError, 'an end is told by a delivery error')
  },
}

const actsOfHttp: Record<string, Act> = {
  'tells a system that is down by a delivery error': async ({ system, pull }) => {
    for (const status of [401, 429, 500, 503]) {
      system.strike({ kind: 'answer', answer: { status, body: '{}' } }, 'everything')
      await assert.rejects(pull(null), DeliveryError, `status ${status}`)
    }
  },
  'takes an answer that is none for no page': async ({ system, pull }) => {
    for (const body of hostileBodies) {
      system.strike({ kind: 'answer', answer: { status: 200, body } }, 'everything')
      await assert.rejects(pull(null), DeliveryError, `took ${body} for an answer`)
    }
    for (const kind of ['half_body', 'endless_body'] as const) {
      system.strike({ kind }, 'everything')
      await assert.rejects(pull(null), DeliveryError, `took a ${kind} for an answer`)
    }
  },
}
