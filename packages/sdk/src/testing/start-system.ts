import assert from 'node:assert/strict'
import { type FakePeer, startFakePeer } from './fake-peer.ts'
import { type FakeSystem, startFakeSystem } from './fake-system.ts'
import type { ConnectorCase, ExerciseOptions } from './options.ts'
import { guardHeader } from './test-fetch.ts'

/** The fresh fake system that the options describe. */
export async function startSystem(options: ExerciseOptions): Promise<FakeSystem> {
  if (options.sockets !== undefined) return startFakePeer(options.sockets.fake())
  assert.ok(options.fake, 'a connector that asks or tells a system needs a fake one')
  return startFakeSystem({ rule: options.fake(), isWrite: options.isWrite })
}

/** Whether something reached the system by a way that is not the hub's. */
export function assertNothingWentAround(
  system: FakeSystem,
  dialedPorts: readonly ReadonlySet<number>[],
): void {
  if (isPeer(system)) {
    const around = system.callers.filter((port) => !dialedPorts.some((ports) => ports.has(port)))
    assert.deepEqual(around, [], 'a connection was not dialed by the hub')
    return
  }
  const around = system.requests.filter(({ headers }) => headers[guardHeader] === undefined)
  assert.deepEqual(around, [], 'a request did not go through the fetch of the hub')
}

/** A case that asks for what only HTTP has, left out where the system speaks something else. */
export function leftOutOf(
  sockets: ExerciseOptions['sockets'],
  { name, run }: ConnectorCase,
): ConnectorCase {
  if (sockets === undefined) return { name, run }
  return { name, leftOut: sockets.noHttpSince, run: () => Promise.resolve() }
}

function isPeer(system: FakeSystem): system is FakePeer {
  return 'callers' in system
}
