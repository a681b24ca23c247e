import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { UserRole } from '@backhaul/sdk/canonical'
import type { ChangeWatch } from '../../pipeline/changes/change-watch.ts'
import type { Notice } from '../../pipeline/changes/notice.ts'
import { HubError } from '../../platform/errors.ts'
import type { Authenticator } from '../access/authenticate.ts'
import type { Caller } from '../access/caller.ts'
import { mayDo } from '../access/rights.ts'
import { changesView } from './changes-view.ts'
import {
  type EventStream,
  formatBeat,
  formatEvent,
  formatRetry,
  openEventStream,
} from './event-stream.ts'

/** The clients of this process that listen for changes. */
export interface ChangeListeners {
  /**
   * @returns the body of the answer.
   * @throws {HubError} RATE_LIMITED when there are too many already; SHUTTING_DOWN; DATABASE_UNAVAILABLE.
   */
  readonly listen: (
    caller: Caller,
    from: { readonly headers: IncomingHttpHeaders; readonly after: string | undefined },
  ) => Promise<Readable>
  /** Ends all, and takes nobody any more. */
  readonly close: () => void
}

interface Listener {
  caller: Caller
  readonly headers: IncomingHttpHeaders
  readonly stream: EventStream
}

const beatEveryMs = 15_000
/** A key that was revoked, or a session that ended, listens no longer than this and what is remembered of it. */
const checkEveryMs = 5_000
const retryMs = 3_000
/** A browser needs one for all of its tabs. */
const listenersPerCaller = 10
const listenersAtMost = 500

export function createChangeListeners(deps: {
  readonly watch: ChangeWatch
  readonly authenticator: Pick<Authenticator, 'authenticate'>
}): ChangeListeners {
  const { watch, authenticator } = deps
  const listeners = new Set<Listener>()
  const bytesFor = createFormatter()
  const beats = setInterval(beat, beatEveryMs).unref()
  const checks = setInterval(() => {
    for (const listener of listeners) void endUnlessAllowed(listener, authenticator)
  }, checkEveryMs).unref()

  function beat(): void {
    const { position } = watch
    // A client that hears nothing knows that it cannot rely on what it has.
    if (position === null || !watch.isCurrent) return
    const bytes = formatBeat(position)
    for (const { stream } of listeners) stream.send(bytes)
  }

  function admit({ actor }: Caller): void {
    const own = [...listeners].filter(({ caller }) => caller.actor === actor).length
    if (listeners.size < listenersAtMost && own < listenersPerCaller) return
    throw new HubError('RATE_LIMITED', 'Too many listen for changes already.', {
      retryAfterSeconds: 30,
    })
  }

  return {
    async listen(caller, { headers, after }) {
      admit(caller)
      const stream = openEventStream()
      const listener: Listener = { caller, headers, stream }
      listeners.add(listener)
      stream.body.once('close', () => listeners.delete(listener))
      stream.send(formatRetry(retryMs))
      const tell = (notice: Notice): void => {
        const bytes = bytesFor(notice, listener.caller.role)
        if (bytes !== null) stream.send(bytes)
      }
      try {
        const stop = await watch.follow({ tell, end: stream.end }, after)
        stream.body.once('close', stop)
        if (stream.body.destroyed) stop()
      } catch (error) {
        stream.body.destroy()
        throw error
      }
      return stream.body
    },
    close() {
      clearInterval(beats)
      clearInterval(checks)
      watch.close()
    },
  }
}

async function endUnlessAllowed(
  listener: Listener,
  authenticator: Pick<Authenticator, 'authenticate'>,
): Promise<void> {
  try {
    listener.caller = await authenticator.authenticate({
      headers: listener.headers,
      method: 'GET',
    })
    const { role, session } = listener.caller
    if (mayDo(role, 'returns.read') && session?.mustChangePassword !== true) return
  } catch (error) {
    // Whether it still may cannot be said: it is asked again.
    if (!(error instanceof HubError) || error.code !== 'UNAUTHENTICATED') return
  }
  listener.stream.end()
}

/** What a notice says to a role, made once for all who have that role; null where that is nothing. */
function createFormatter(): (notice: Notice, role: UserRole) => Buffer | null {
  const made = new WeakMap<Notice, Map<UserRole, Buffer | null>>()
  return (notice, role) => {
    const known = made.get(notice) ?? new Map<UserRole, Buffer | null>()
    made.set(notice, known)
    const before = known.get(role)
    if (before !== undefined) return before
    const data = changesView(notice, role)
    const event = { id: notice.position, event: notice.kind }
    const bytes = data === null ? null : formatEvent({ ...event, data })
    known.set(role, bytes)
    return bytes
  }
}
