import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { type MasterDataKind, masterDataRecords } from '../canonical/index.ts'
import type { Connector } from '../connector/define-connector.ts'
import type { FeedPage } from '../connector/feed.ts'
import { DeliveryError } from '../errors.ts'
import type { FakeSystem } from './fake-system.ts'
import type { ConnectorCase, ExerciseOptions, FeedSample } from './options.ts'
import { stageNow } from './stage.ts'
import { leftOutOf, startSystem } from './start-system.ts'
import { createTestDial } from './test-dial.ts'
import { createTestFetch } from './test-fetch.ts'

/** A feed and a fresh fake system behind it. */
interface Source {
  readonly system: FakeSystem
  readonly pull: (cursor: string | null) => Promise<FeedPage>
  readonly minItems: number
}

type Act = (source: Source, kind: MasterDataKind) => Promise<void>

const pageLimit = 100
const maxPages = 1_000

/** What every feed must do, as cases. */
export function feedCases(
  connector: Connector,
  kind: MasterDataKind,
  { options, sample }: { readonly options: ExerciseOptions; readonly sample: FeedSample },
): ConnectorCase[] {
  const named = ([name, act]: [string, Act]) => ({
    name: `feed ${kind}: ${name}`,
    run: () => withSource(connector, kind, { options, sample, act }),
  })
  return [
    ...Object.entries(acts).map(named),
    ...Object.entries(actsOfHttp).map((one) => leftOutOf(options.sockets, named(one))),
  ]
}

async function withSource(
  connector: Connector,
  kind: MasterDataKind,
  scene: { readonly options: ExerciseOptions; readonly sample: FeedSample; readonly act: Act },
): Promise<void> {
  const { options, sample, act } = scene
  const feed = connector.feeds[kind]
  assert.ok(feed, `feeds ${kind}`)
  const system = await startSystem(options)
  const { signal } = new AbortController()
  const { dial, end } = createTestDial(signal)
  try {
    const config: unknown = connector.config.parse(options.config(system.baseUrl))
    const common = { config, signal, fetch: createTestFetch(signal), dial, now: stageNow }
    const pull: Source['pull'] = (cursor) => feed.pull({ ...common, cursor, limit: pageLimit })
    await act({ system, pull, minItems: sample.minItems ?? 1 }, kind)
    assert.deepEqual(system.effects, [], 'reading changed something')
  } finally {
    end()
    await system.close()
  }
}

/** All pages from a cursor on. */
async function pullAll({ pull }: Source, from: string | null): Promise<FeedPage> {
  const items: unknown[] = []
  let cursor = from
  for (let count = 0; count < maxPages; count += 1) {
    const page = await pull(cursor)
    items.push(...page.items)
    if (page.hasMore) assert.notEqual(page.cursor, cursor, 'has more, and its cursor stands still')
    cursor = page.cursor
    if (!page.hasMore) return { items: items as FeedPage['items'], cursor, hasMore: false }
  }
  throw new assert.AssertionError({ message: `has no end after ${maxPages} pages` })
}

const acts: Record<string, Act> = {
  'gives items that the hub can read': async (source, kind) => {
    const { items } = await pullAll(source, null)
    assert.ok(items.length >= source.minItems, `gave ${items.length} items`)
    for (const item of items) {
      const parsed = masterDataRecords[kind].safeParse(item)
      assert.equal(parsed.error, undefined, `an item is not acceptable: ${parsed.error?.message}`)
    }
  },
  'moves its cursor to an end, and goes on from there': async (source) => {
    const { items, cursor } = await pullAll(source, null)
    assert.ok(cursor !== null && cursor.length <= 1_000, 'its end has a cursor')
    const after = await pullAll(source, cursor)
    // An overlap repeats some; all of it again would be no cursor.
    const isAllAgain = items.length > 1 && after.items.length >= items.length
    assert.equal(isAllAgain, false, 'read everything again from its last cursor')
  },
  'gives the same for the same cursor': async (source) => {
    const [first, again] = [await source.pull(null), await source.pull(null)]
    assert.ok(isDeepStrictEqual(again, first), 'a repeated page was another one')
  },
  'tells a lost connection by a delivery error': async ({ system, pull }) => {
    system.strike({ kind: 'lose', moment: 'before_effect' }, 'everything')
    await assert.rejects(pull(null), DeliveryError)
  },
}

const actsOfHttp: Record<string, Act> = {
  'tells a system that is down by a delivery error': async ({ system, pull }) => {
    for (const status of [401, 429, 500, 503]) {
      system.strike({ kind: 'answer', answer: { status, body: '{}' } }, 'everything')
      await assert.rejects(pull(null), DeliveryError, `status ${status}`)
    }
  },
}
