import assert from 'node:assert/strict'
import { type CommandType, commandContracts } from '../canonical/index.ts'
import type { Connector } from '../connector/define-connector.ts'
import type { Delivered, Delivery, DeliveryDefinition } from '../connector/delivery.ts'
import { listSecrets } from '../connector/secret-fields.ts'
import { DeliveryError } from '../errors.ts'
import type { FakeSystem } from './fake-system.ts'
import { findLeak, withConsole } from './leaks.ts'
import type { DeliverySample, ExerciseOptions } from './options.ts'
import { assertNothingWentAround, startSystem } from './start-system.ts'
import { createTestDial } from './test-dial.ts'
import { createTestFetch } from './test-fetch.ts'

/** A whole second, so that an HTTP-date can say it. */
export const stageNow = new Date('2026-11-23T06:00:00Z')

export type Outcome =
  | { readonly kind: 'delivered'; readonly delivered: Delivered }
  | { readonly kind: DeliveryError['kind']; readonly error: DeliveryError }

/** One command, a fresh fake system, and the part of the hub. */
export interface Stage {
  readonly system: FakeSystem
  /** Makes one attempt. What it throws and is no delivery error fails the case. */
  readonly attempt: (what?: Partial<Attempt>) => Promise<Outcome>
  readonly readBack: () => Promise<'applied' | 'absent' | 'undetermined'>
  /** Goes on as the hub does until the command is delivered or dead, from attempt `from` on. */
  readonly settle: (from: number) => Promise<Outcome>
}

interface Attempt {
  readonly attempt: number
  readonly idempotencyKey: string
  readonly isOther: boolean
  readonly signal: AbortSignal
}

interface Cast {
  readonly connector: Connector
  readonly options: ExerciseOptions
  readonly type: CommandType
  readonly sample: DeliverySample
}

const maxAttempts = 6
const graceMs = 500

/** Sets the stage, runs `act`, and checks what must hold whatever happens: nothing leaked, nothing went around. */
export async function onStage(cast: Cast, act: (stage: Stage) => Promise<void>): Promise<void> {
  const { connector, options } = cast
  const system = await startSystem(options)
  const dialed: ReadonlySet<number>[] = []
  try {
    const config: unknown = connector.config.parse(options.config(system.baseUrl))
    const secrets = [...listSecrets(config, connector.secretPaths), ...(options.secrets ?? [])]
    const { lines } = await withConsole(() =>
      act(createStage(cast, { system, config, secrets, dialed })),
    )
    assert.equal(findLeak(lines, secrets), null, 'a secret was logged')
    assertNothingWentAround(system, dialed)
  } finally {
    await system.close()
  }
}

interface Scenery {
  readonly system: FakeSystem
  readonly config: unknown
  readonly secrets: readonly string[]
  /** The ports that attempts dialed from. */
  readonly dialed: ReadonlySet<number>[]
}

function createStage(cast: Cast, scenery: Scenery): Stage {
  const definition = cast.connector.delivers[cast.type]
  assert.ok(definition, `delivers ${cast.type}`)
  const { system } = scenery
  const attempt: Stage['attempt'] = async (what = {}) => {
    const { delivery, giveUp, end } = createDelivery(cast, scenery, what)
    system.onHang = giveUp
    const outcome = await attemptOnce(definition, delivery).finally(end)
    assertNothingLeaked(outcome, scenery.secrets)
    return outcome
  }
  const readBack: Stage['readBack'] = async () => {
    const { delivery, end } = createDelivery(cast, scenery, { attempt: 2 })
    try {
      const result = await definition.idempotency.readBack?.(delivery)
      return result?.state ?? 'absent'
    } catch (error) {
      assertIsDeliveryError(error)
      assertNothingLeaked(error, scenery.secrets)
      return 'undetermined'
    } finally {
      end()
    }
  }
  const settle: Stage['settle'] = async (from) => {
    let outcome: Outcome | undefined
    for (let count = from; count < from + maxAttempts; count += 1) {
      const state = count > 1 ? await readBack() : 'absent'
      if (state === 'applied') return { kind: 'delivered', delivered: {} }
      if (state === 'absent') outcome = await attempt({ attempt: count })
      if (outcome?.kind === 'delivered' || outcome?.kind === 'terminal') return outcome
    }
    assert.ok(outcome, 'the outcome stayed undetermined')
    return outcome
  }
  return { system, attempt, readBack, settle }
}

async function attemptOnce(
  definition: DeliveryDefinition<unknown>,
  delivery: Delivery<unknown>,
): Promise<Outcome> {
  const watchdog = watch(delivery.signal)
  try {
    const delivered = await Promise.race([definition.deliver(delivery), watchdog.isOverdue])
    return { kind: 'delivered', delivered }
  } catch (error) {
    assertIsDeliveryError(error)
    return { kind: error.kind, error }
  } finally {
    watchdog.stop()
  }
}

/** Rejects when a handler goes on although its signal told it to end. */
function watch(signal: AbortSignal): { isOverdue: Promise<never>; stop: () => void } {
  let timer: NodeJS.Timeout | undefined
  const isOverdue = new Promise<never>((_resolve, reject) => {
    const start = () => {
      timer = setTimeout(() => {
        reject(new assert.AssertionError({ message: 'went on after its time was up' }))
      }, graceMs)
    }
    if (signal.aborted) start()
    else signal.addEventListener('abort', start, { once: true })
  })
  return { isOverdue, stop: () => clearTimeout(timer) }
}

function createDelivery(
  { type, sample }: Cast,
  { config, dialed }: Scenery,
  what: Partial<Attempt>,
): { delivery: Delivery<unknown>; giveUp: () => void; end: () => void } {
  const { attempt = 1, isOther = false } = what
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, ...(what.signal ? [what.signal] : [])])
  const { dial, ports, end } = createTestDial(signal)
  dialed.push(ports)
  const number = isOther ? '2' : '1'
  const body: unknown = isOther ? (sample.otherBody ?? sample.body) : sample.body
  const delivery = {
    config,
    command: {
      type,
      caseId: `01920000-0000-7000-8000-00000000000${number}`,
      caseNo: `RMA-00000${number}-0`,
      caseVersion: 3,
      occurredAt: stageNow.toISOString(),
      body: commandContracts[type].body.parse(body),
    },
    idempotencyKey: what.idempotencyKey ?? `case-${number}:1:${type.replaceAll('.', '_')}`,
    attempt,
    request: sample.request,
    contact: sample.contact,
    signal,
    fetch: createTestFetch(signal),
    dial,
    now: stageNow,
  }
  return { delivery, giveUp: () => controller.abort(), end }
}

function assertIsDeliveryError(error: unknown): asserts error is DeliveryError {
  if (error instanceof assert.AssertionError) throw error
  assert.ok(
    error instanceof DeliveryError,
    `threw ${error instanceof Error ? error.name : typeof error}, which is no delivery error`,
  )
}

function assertNothingLeaked(value: unknown, secrets: readonly string[]): void {
  assert.equal(findLeak(value, secrets) === null, true, 'a secret shows in what came out')
}
