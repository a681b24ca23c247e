import assert from 'node:assert/strict'
import type { CommandType } from '../canonical/index.ts'
import type { Connector } from '../connector/define-connector.ts'
import type { WriteIdempotency } from '../connector/delivery.ts'
import type { FakeAnswer, Fault } from './fake-system.ts'
import type { ConnectorCase, DeliverySample, ExerciseOptions } from './options.ts'
import { type Outcome, onStage, type Stage, stageNow } from './stage.ts'
import { leftOutOf } from './start-system.ts'

type Act = (stage: Stage) => Promise<void>

/** What every delivered command must do, as cases. */
export function deliveryCases(
  connector: Connector,
  type: CommandType,
  { options, sample }: { options: ExerciseOptions; sample: DeliverySample },
): ConnectorCase[] {
  const idempotency = connector.delivers[type]?.idempotency
  const canReadBack = idempotency?.readBack !== undefined
  const acts: Record<string, Act> = {
    ...successCases(idempotency),
    ...networkCases,
    ...(canReadBack ? readBackCases : {}),
  }
  const ofHttp: Record<string, Act> = {
    ...statusCases,
    ...redirectCases,
    ...answerCases,
    ...(sample.errorInside === undefined ? {} : errorInsideCases(sample.errorInside)),
    ...(canReadBack ? failedReadCases : {}),
  }
  const named = (name: string, act: Act) => ({
    name: `${type}: ${name}`,
    run: () => onStage({ connector, options, type, sample }, act),
  })
  const { sockets } = options
  return [
    ...Object.entries(acts).map(([name, act]) => named(name, act)),
    ...Object.entries(ofHttp).map(([name, act]) => leftOutOf(sockets, named(name, act))),
  ]
}

function successCases(idempotency: WriteIdempotency<unknown> | undefined): Record<string, Act> {
  const keyHeader =
    idempotency?.kind === 'native_key' ? idempotency.header?.toLowerCase() : undefined
  return {
    'has one effect and says so': async ({ system, attempt }) => {
      const outcome = await attempt()
      assertKind(outcome, 'delivered')
      assert.equal(system.effects.length, 1)
      const { externalId = 'none' } = outcome.delivered
      assert.ok(
        externalId.length >= 1 && externalId.length <= 200,
        'externalId has 1 to 200 characters',
      )
    },
    'has one effect when the same command is sent again': async ({ system, attempt, settle }) => {
      assertKind(await attempt(), 'delivered')
      assertKind(await settle(2), 'delivered')
      assert.equal(system.effects.length, 1)
    },
    'has an effect of its own for another command': async ({ system, attempt }) => {
      assertKind(await attempt(), 'delivered')
      assertKind(await attempt({ isOther: true }), 'delivered')
      assert.equal(system.effects.length, 2)
    },
    ...(keyHeader === undefined
      ? {}
      : {
          'sends the same key in every attempt, and another for another command': async ({
            system,
            attempt,
          }) => {
            await attempt()
            await attempt({ attempt: 2 })
            await attempt({ isOther: true })
            const [first, second, other] = system.requests
              .map(({ headers }) => headers[keyHeader])
              .filter((value) => value !== undefined)
            assert.ok(first, `sends ${keyHeader}`)
            assert.equal(second, first)
            assert.notEqual(other, first)
          },
        }),
  }
}

/** Says back whatever it was told, as error pages do: a connector that quotes it leaks its own credentials. */
function echo(stage: Stage): string {
  return JSON.stringify(stage.system.requests)
}

async function attemptAgainst(stage: Stage, answer: FakeAnswer): Promise<Outcome> {
  // The first, sound attempt of another command shows the system our headers; the answer then quotes them.
  await stage.attempt({ isOther: true })
  const before = stage.system.effects.length
  const body = answer.body ?? echo(stage)
  stage.system.strike({ kind: 'answer', answer: { ...answer, body } }, 'next_write')
  const outcome = await stage.attempt()
  assert.equal(stage.system.effects.length, before, 'had an effect although the system said no')
  return outcome
}

const inNineSeconds = new Date(stageNow.getTime() + 9_000).toUTCString()

const statusCases: Record<string, Act> = {
  'waits as many seconds as a 429 asks for': async (stage) => {
    const outcome = await attemptAgainst(stage, { status: 429, headers: { 'retry-after': '7' } })
    assertKind(outcome, 'retryable')
    assert.equal(retryAfterOf(outcome), 7_000)
  },
  'waits until the date that a 429 names': async (stage) => {
    const headers = { 'retry-after': inNineSeconds }
    const outcome = await attemptAgainst(stage, { status: 429, headers })
    assertKind(outcome, 'retryable')
    assert.equal(retryAfterOf(outcome), 9_000)
  },
  'tries again after a 429 that names no time': async (stage) => {
    assertKind(await attemptAgainst(stage, { status: 429 }), 'retryable')
  },
  'waits as long as a 503 asks for': async (stage) => {
    const outcome = await attemptAgainst(stage, { status: 503, headers: { 'retry-after': '20' } })
    assertKind(outcome, 'retryable')
    assert.equal(retryAfterOf(outcome), 20_000)
  },
  'names refused credentials by their code': async (stage) => {
    const outcome = await attemptAgainst(stage, { status: 401 })
    assert.notEqual(outcome.kind, 'delivered')
    assert.equal(outcome.kind === 'delivered' ? '' : outcome.error.code, 'AUTH_REJECTED')
  },
  'tries again after a 500, 502, 503 and 504': async (stage) => {
    for (const status of [500, 502, 503, 504]) {
      assertKind(await attemptAgainst(stage, { status }), 'retryable', `status ${status}`)
    }
  },
  'gives up on a 400, 410 and 422': async (stage) => {
    for (const status of [400, 410, 422]) {
      assertKind(await attemptAgainst(stage, { status }), 'terminal', `status ${status}`)
    }
  },
}

function redirectTo(status: number): Act {
  return async (stage) => {
    const headers = { location: `${stage.system.baseUrl}/redirected` }
    const answer = { status, headers, body: '' }
    stage.system.strike({ kind: 'answer', answer }, 'next_write')
    const outcome = await stage.attempt()
    assert.notEqual(outcome.kind, 'delivered')
    const followed = stage.system.requests.filter(({ url }) => url.startsWith('/redirected'))
    assert.deepEqual(followed, [])
  }
}

const redirectCases: Record<string, Act> = Object.fromEntries(
  [301, 302, 307, 308].map((status) => [`follows no ${status}`, redirectTo(status)]),
)

const networkCases: Record<string, Act> = {
  'tries again when no connection comes about': async ({ system, attempt }) => {
    await system.close()
    assertKind(await attempt(), 'retryable')
  },
  'sends nothing when its time is up already': async ({ system, attempt }) => {
    const outcome = await attempt({ signal: AbortSignal.abort() })
    assertKind(outcome, 'retryable')
    assert.equal(system.requests.length, 0)
  },
  'has one effect when the connection was lost before it': lost(
    { kind: 'lose', moment: 'before_effect' },
    ['retryable', 'unknown'],
  ),
  'has one effect when the time was up before it': lost({ kind: 'hang', moment: 'before_effect' }, [
    'retryable',
    'unknown',
  ]),
  'has one effect when the connection was lost after it': lost(
    { kind: 'lose', moment: 'after_effect' },
    ['unknown', 'delivered'],
  ),
  'has one effect when the time was up after it': lost({ kind: 'hang', moment: 'after_effect' }, [
    'unknown',
    'delivered',
  ]),
}

const answerCases: Record<string, Act> = {
  'has one effect when the answer broke off': lost({ kind: 'half_body' }, ['unknown', 'delivered']),
  'has one effect when the answer never ended': lost({ kind: 'endless_body' }, [
    'unknown',
    'delivered',
  ]),
  'does not stumble over an answer that is no JSON': async (stage) => {
    const answer = { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>maintenance' }
    stage.system.strike({ kind: 'answer', answer }, 'next_write')
    await stage.attempt()
  },
  'does not stumble over an answer of another shape': async (stage) => {
    for (const body of ['null', '[]', '"yes"', '{"id":{}}', '{"externalId":7}']) {
      const answer = { status: 200, headers: { 'content-type': 'application/json' }, body }
      stage.system.strike({ kind: 'answer', answer }, 'next_write')
      await stage.attempt()
    }
  },
}

function lost(fault: Fault, allowed: readonly Outcome['kind'][]): Act {
  return async ({ system, attempt, settle }) => {
    system.strike(fault, 'next_write')
    const first = await attempt()
    assert.ok(allowed.includes(first.kind), `was ${first.kind}, not ${allowed.join(' or ')}`)
    system.heal()
    const last = first.kind === 'delivered' ? first : await settle(2)
    assertKind(last, 'delivered')
    assert.equal(system.effects.length, 1)
  }
}

function errorInsideCases(answer: FakeAnswer): Record<string, Act> {
  return {
    'does not take an error inside a 2xx for success': async (stage) => {
      const outcome = await attemptAgainst(stage, answer)
      assert.notEqual(outcome.kind, 'delivered')
    },
  }
}

const readBackCases: Record<string, Act> = {
  'reads back whether the effect happened': async ({ attempt, readBack }) => {
    assert.equal(await readBack(), 'absent')
    assertKind(await attempt(), 'delivered')
    assert.equal(await readBack(), 'applied')
  },
  'does not take a lost read for an absent effect': async (stage) => {
    stage.system.strike({ kind: 'lose', moment: 'before_effect' }, 'everything')
    assert.equal(await stage.readBack(), 'undetermined')
  },
}

const failedReadCases: Record<string, Act> = {
  'does not take a failed read for an absent effect': async (stage) => {
    for (const status of [401, 403, 404, 429, 500, 503]) {
      const answer = { status, body: echo(stage) }
      stage.system.strike({ kind: 'answer', answer }, 'everything')
      const state = await stage.readBack()
      // A 404 may well be the system's way to say that there is no such record.
      if (status !== 404) assert.equal(state, 'undetermined', `status ${status}`)
    }
  },
}

function assertKind<Kind extends Outcome['kind']>(
  outcome: Outcome,
  kind: Kind,
  about = '',
): asserts outcome is Extract<Outcome, { kind: Kind }> {
  const code = outcome.kind === 'delivered' ? '' : ` (${outcome.error.code})`
  assert.equal(outcome.kind, kind, `${about} was ${outcome.kind}${code}, not ${kind}`.trim())
}

function retryAfterOf(outcome: Outcome): unknown {
  if (outcome.kind === 'delivered') return undefined
  return 'retryAfterMs' in outcome.error ? outcome.error.retryAfterMs : undefined
}
