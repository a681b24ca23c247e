import { Pool } from 'undici'
import { HubError } from '../platform/errors.ts'
import { createCheckedLookup, type ResolveHost } from './checked-lookup.ts'
import { refusedRequest, requestFailure, targetNotAllowed } from './outbound-failure.ts'
import type { TargetGuard, TargetHost } from './target-guard.ts'

/** A checked address: the sockets that lead to its origin, and the path there. */
interface OutboundTarget {
  readonly pool: Pool
  /** With the query. */
  readonly path: string
}

export interface OutboundTargets {
  /** @throws {TerminalError} TARGET_NOT_ALLOWED, or REQUEST_INVALID for what is no URL. */
  find(url: string | URL): OutboundTarget
  /** Safe to repeat. */
  close(): Promise<void>
}

const closed = { code: 'CONNECT_FAILED', isSent: false, isRead: false } as const
const maxConnectTimeoutMs = 5_000
const maxRemembered = 256
const maxOrigins = 32

/**
 * The addresses that one connection calls. What was parsed and checked once is remembered by its text; the
 * addresses behind a name are checked again for each new socket.
 */
export function createOutboundTargets(options: {
  readonly guard: TargetGuard
  readonly resolve: ResolveHost
  readonly timeoutMs: number
  readonly concurrency: number
}): OutboundTargets {
  const { guard } = options
  const remembered = new Map<string, OutboundTarget>()
  const pools = new Map<string, Pool>()
  let closing: Promise<unknown> | undefined

  function poolOf(origin: string, target: TargetHost): Pool {
    const known = pools.get(origin)
    if (known !== undefined) return known
    if (closing !== undefined) {
      throw requestFailure(closed, 'the connection was changed or the hub shuts down')
    }
    if (pools.size >= maxOrigins) dropIdlePools()
    const pool = createPool(origin, { ...options, target })
    pools.set(origin, pool)
    return pool
  }

  function dropIdlePools(): void {
    remembered.clear()
    for (const [origin, pool] of pools) {
      const { queued, pending, running } = pool.stats
      if (queued + pending + running > 0) continue
      pools.delete(origin)
      void pool.close()
    }
  }

  function check(url: string | URL): OutboundTarget {
    const parsed = parseUrl(url)
    const target = allowedTarget(guard, parsed)
    return { pool: poolOf(parsed.origin, target), path: parsed.pathname + parsed.search }
  }

  return {
    find(url) {
      const text = typeof url === 'string' ? url : url.href
      const known = remembered.get(text)
      if (known !== undefined) return known
      const target = check(url)
      if (remembered.size >= maxRemembered) remembered.clear()
      remembered.set(text, target)
      return target
    },
    async close() {
      closing ??= Promise.all([...pools.values()].map((pool) => pool.close()))
      await closing
    },
  }
}

function parseUrl(url: string | URL): URL {
  try {
    return new URL(url)
  } catch {
    throw refusedRequest('the address is no URL')
  }
}

function allowedTarget(guard: TargetGuard, url: URL): TargetHost {
  try {
    return guard.checkUrl(url)
  } catch (error) {
    throw error instanceof HubError ? targetNotAllowed(error) : error
  }
}

function createPool(
  origin: string,
  options: {
    readonly guard: TargetGuard
    readonly target: TargetHost
    readonly resolve: ResolveHost
    readonly timeoutMs: number
    readonly concurrency: number
  },
): Pool {
  return new Pool(origin, {
    connections: options.concurrency,
    pipelining: 1,
    // The deadline of each request stands in for these two, which would cost two timers for each.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: Math.min(maxConnectTimeoutMs, options.timeoutMs),
      lookup: createCheckedLookup(options),
    },
  })
}
