import type { Clock } from '../platform/clock.ts'
import type { KeyRing } from '../platform/crypto/key-ring.ts'
import type { Logger } from '../platform/logger.ts'
import {
  connectionsFingerprint,
  listAllConnections,
  listAuthority,
  listRoutes,
  type MarkedConnection,
} from '../store/connections.ts'
import type { Pool } from '../store/database.ts'
import { type Activated, activate, type ConnectionSettings } from './active-connection.ts'
import { createHostResolver, type ResolveHost } from './checked-lookup.ts'
import {
  type ConnectionEdits,
  createConnectionEdits,
  type RecordChange,
} from './connection-edits.ts'
import { type ConnectionView, createConnectionView } from './connection-view.ts'
import { createDeadlines } from './deadlines.ts'
import type { Outbound } from './guarded-fetch.ts'
import type { Registry } from './registry.ts'
import { createTargetGuard } from './target-guard.ts'

/**
 * All connections: the view that the hot path asks, without I/O, and the ways to change them. The view is
 * empty until the first `refresh`.
 */
export interface Connections extends ConnectionView, ConnectionEdits {
  /**
   * Reads the connections anew if any has changed. A connection that has not keeps its configuration
   * object, its sockets, and what its breaker and rate limit know; one that has starts anew.
   *
   * @returns whether anything had changed.
   * @throws {HubError} DATABASE_UNAVAILABLE; the view then stays as it was.
   */
  refresh(): Promise<boolean>
  /** Lets no more requests out, and resolves when those under way have ended. */
  close(): Promise<void>
}

export interface ConnectionsOptions {
  readonly pool: Pool
  readonly registry: Registry
  readonly keyRing: KeyRing
  readonly clock: Clock
  readonly log: Logger
  readonly settings: ConnectionSettings
  /** Writes each change to the audit log, in the transaction that makes it. */
  readonly record?: RecordChange
  /** 0 to below 1; for jitter. */
  readonly random?: () => number
  readonly resolve?: ResolveHost
}

/** @throws {HubError} VALIDATION_FAILED for an unusable entry of `settings.allowedPrivateTargets`. */
export function createConnections(options: ConnectionsOptions): Connections {
  const { pool, log, record = async () => undefined } = options
  const loader = createLoader(options)
  let view = createConnectionView({ connections: [], routes: [], authority: [] })
  let fingerprint: string | null = null
  let last: Promise<unknown> = Promise.resolve()

  async function reload(): Promise<boolean> {
    const current = await connectionsFingerprint(pool)
    if (current === fingerprint) return false
    const rows = await listAllConnections(pool)
    const routes = await listRoutes(pool)
    const authority = await listAuthority(pool)
    view = createConnectionView({ connections: loader.load(rows), routes, authority })
    // Of before the reading: what changed meanwhile is found the next time.
    fingerprint = current
    log.info({ connections: rows.length }, 'connections loaded')
    return true
  }

  /** One after the other: whoever asks after a change must not be given a reading from before it. */
  function refresh(): Promise<boolean> {
    const next = last.then(reload, reload)
    last = next
    return next
  }

  const edits = createConnectionEdits({
    ...options,
    record,
    // The change is committed: that this process cannot read it yet is no failure of it.
    afterChange: () =>
      refresh().catch((error: unknown) => log.warn({ err: error }, 'connections not read anew')),
  })

  return {
    ...edits,
    get: (id) => view.get(id),
    list: () => view.list(),
    owns: (id, scope) => view.owns(id, scope),
    get isOwnershipScoped() {
      return view.isOwnershipScoped
    },
    ownedBy: (role) => view.ownedBy(role),
    ownersOf: (axis, scope) => view.ownersOf(axis, scope),
    routeOf: (role, scope) => view.routeOf(role, scope),
    subscribersOf: (type) => view.subscribersOf(type),
    diagnose: () => view.diagnose(),
    refresh,
    close: () => loader.close(),
  }
}

interface Loaded {
  readonly rowMark: string
  readonly activated: Activated
}

/** Makes rows ready for use, and keeps what it made for as long as its row stays the same. */
function createLoader(options: ConnectionsOptions) {
  const { random = Math.random, resolve = createHostResolver(), settings } = options
  const guard = createTargetGuard(settings.allowedPrivateTargets)
  const deadlines = createDeadlines({ clock: options.clock })
  const context = { ...options, random, resolve, guard, deadlines }
  let loaded: ReadonlyMap<string, Loaded> = new Map()
  const retired = new Set<Outbound>()

  function loadOne(row: MarkedConnection): Loaded {
    const known = loaded.get(row.connectionId)
    if (known?.rowMark === row.rowMark) return known
    return { rowMark: row.rowMark, activated: activate(row, context) }
  }

  /** A delivery that began with the connection as it was may still have requests to send. */
  function retire(outbound: Outbound): void {
    retired.add(outbound)
    const close = () => {
      retired.delete(outbound)
      void outbound.close()
    }
    setTimeout(close, 2 * settings.requestTimeoutMs).unref()
  }

  return {
    load(rows: readonly MarkedConnection[]) {
      const next = new Map(rows.map((row) => [row.connectionId as string, loadOne(row)]))
      for (const [id, { activated }] of loaded) {
        const isKept = next.get(id)?.activated === activated
        if (!isKept && activated.outbound !== null) retire(activated.outbound)
      }
      loaded = next
      return rows.flatMap(({ connectionId }) => next.get(connectionId)?.activated.connection ?? [])
    },
    async close(): Promise<void> {
      const current = [...loaded.values()].flatMap(({ activated }) => activated.outbound ?? [])
      await Promise.all([...current, ...retired].map((outbound) => outbound.close()))
    },
  }
}
