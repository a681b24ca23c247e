import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { FakeSystem, Fault } from './fake-system.ts'

/** What a fake system that speaks through sockets is told about its part. */
export interface FakePart {
  /**
   * Makes a change that one of our writes asked for, unless a fault strikes.
   *
   * @param name - of the effect; null for a repeat that the system knows and drops.
   * @returns false when the fault took the conversation's end away: the system says nothing more.
   */
  readonly change: (name: string | null, act?: () => void) => boolean
}

/** The system's own side of one connection: reads what comes, and answers as it would. */
export type FakeConversation = (socket: Socket, part: FakePart) => void

const connectGraceMs = 20

type Extent = 'next_write' | 'everything'

/** A fake system behind sockets. Its `requests` are connections, by the port that they came from. */
export interface FakePeer extends FakeSystem {
  /** The ports that connections came from. */
  readonly callers: readonly number[]
}

/**
 * Starts a system on a free loopback port that speaks through sockets, except where a fault strikes: one that
 * strikes everything does so before the first word. It can lose connections and let them hang; what else goes
 * wrong in such a protocol is for the connector's own tests.
 */
export async function startFakePeer(converse: FakeConversation): Promise<FakePeer> {
  const sockets = new Set<Socket>()
  const callers: number[] = []
  const requests: FakeSystem['requests'][number][] = []
  const effects: string[] = []
  let struck: { fault: Fault; extent: Extent } | null = null

  const server = createServer((socket) => {
    const port = socket.remotePort ?? 0
    callers.push(port)
    requests.push({ method: 'CONNECT', url: String(port), headers: {}, body: '' })
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    if (struck?.extent === 'everything') {
      // Whoever called is to know that it is connected before it is to give up.
      end(struck.fault, { socket, onHang: () => setTimeout(() => peer.onHang(), connectGraceMs) })
      return
    }
    converse(socket, { change: (name, act) => change({ socket, name, act }) })
  })

  function change(write: {
    readonly socket: Socket
    readonly name: string | null
    readonly act: (() => void) | undefined
  }): boolean {
    const { socket, name, act } = write
    const fault = struck?.fault ?? null
    struck = null
    const make = () => {
      act?.()
      if (name !== null) effects.push(name)
    }
    if (fault === null) {
      make()
      return true
    }
    if ('moment' in fault && fault.moment === 'after_effect') make()
    end(fault, { socket, onHang: () => peer.onHang() })
    return false
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const peer: FakePeer = {
    baseUrl: `tcp://127.0.0.1:${port}`,
    requests,
    callers,
    effects,
    strike: (fault, extent) => {
      struck = { fault, extent }
    },
    heal: () => {
      struck = null
    },
    onHang: () => {},
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
  return peer
}

function end(
  fault: Fault,
  { socket, onHang }: { readonly socket: Socket; readonly onHang: () => void },
): void {
  if (fault.kind === 'hang') onHang()
  else socket.destroy()
}
