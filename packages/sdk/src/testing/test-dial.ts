import { connect, type Socket } from 'node:net'
import type { DialTarget, GuardedDial } from '../connector/guarded-dial.ts'
import { networkFailure } from '../errors.ts'

/** A dial that keeps the contract of the hub's, for loopback, and what it dialed. */
export interface TestDial {
  readonly dial: GuardedDial
  /** The local ports of its sockets, by which a fake system tells them from others. */
  readonly ports: ReadonlySet<number>
  /** Closes its sockets, as the hub does when an attempt ends. */
  readonly end: () => void
}

/** For tests in which nothing is to be dialed. */
export const noDial: GuardedDial = () =>
  Promise.reject(networkFailure({ code: 'CONNECT_FAILED', isSent: false, isRead: false }))

/** Sockets that are closed by `signal` and by `end`, and failures that were sent nothing. */
export function createTestDial(signal: AbortSignal): TestDial {
  const ports = new Set<number>()
  const sockets = new Set<Socket>()
  const dial: GuardedDial = async (target) => {
    const socket = await open(target, signal)
    ports.add(socket.localPort ?? 0)
    sockets.add(socket)
    return socket
  }
  return {
    dial,
    ports,
    end: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

function open({ host, port, signal }: DialTarget, ending: AbortSignal): Promise<Socket> {
  const both = signal === undefined ? ending : AbortSignal.any([ending, signal])
  const unsent = { isSent: false, isRead: false } as const
  return new Promise((resolve, reject) => {
    if (both.aborted) {
      reject(networkFailure({ ...unsent, code: 'TIMEOUT' }))
      return
    }
    const socket = connect({ host, port, noDelay: true })
    const giveUp = () =>
      socket.destroy(Object.assign(new Error('the time is over'), { code: 'ETIMEDOUT' }))
    both.addEventListener('abort', giveUp, { once: true })
    socket.once('close', () => both.removeEventListener('abort', giveUp))
    socket.on('error', (cause) => {
      const code = both.aborted ? 'TIMEOUT' : 'CONNECT_FAILED'
      reject(networkFailure({ ...unsent, code, cause }))
    })
    socket.once('connect', () => resolve(socket))
  })
}
