import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { TargetGuard, TargetHost } from './target-guard.ts'

/** Resolves a name to all its addresses. */
export type ResolveHost = (hostname: string) => Promise<readonly LookupAddress[]>

/**
 * Makes the look-up that a socket does when it connects: a name is resolved once, each of its addresses is
 * checked, and the socket connects to one of exactly these. One address that is not allowed refuses the
 * name: an honest name has no private address among public ones.
 */
export function createCheckedLookup(options: {
  readonly guard: TargetGuard
  readonly target: TargetHost
  readonly resolve: ResolveHost
}): LookupFunction {
  const { guard, target, resolve } = options

  async function resolveChecked(hostname: string): Promise<readonly LookupAddress[]> {
    const addresses = await resolve(hostname)
    for (const { address } of addresses) guard.checkAddress(address, target)
    return addresses
  }

  async function answer(
    hostname: string,
    all: boolean,
    done: Parameters<LookupFunction>[2],
  ): Promise<void> {
    let addresses: readonly LookupAddress[]
    try {
      addresses = await resolveChecked(hostname)
    } catch (error) {
      done(error as Error, '')
      return
    }
    const [first] = addresses
    if (first === undefined) done(new Error('the name has no address'), '')
    else if (all) done(null, [...addresses])
    else done(null, first.address, first.family)
  }

  return (hostname, { all = false }, done) => void answer(hostname, all, done)
}

/**
 * Asks the operating system, so that `/etc/hosts` and search domains hold. It answers on one of four
 * threads; look-ups of one name that overlap share one, or a dead name server would hold them all.
 */
export function createHostResolver(): ResolveHost {
  const underWay = new Map<string, Promise<readonly LookupAddress[]>>()
  return (hostname) => {
    const known = underWay.get(hostname)
    if (known !== undefined) return known
    const result = resolveBySystem(hostname).finally(() => underWay.delete(hostname))
    underWay.set(hostname, result)
    return result
  }
}

function resolveBySystem(hostname: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => {
      if (error === null) resolve(addresses)
      else reject(error)
    })
  })
}
