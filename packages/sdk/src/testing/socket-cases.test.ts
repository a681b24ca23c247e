import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { describe, test } from 'node:test'
import { z } from 'zod'
import {
  type Connector,
  type Delivered,
  type Delivery,
  defineConnector,
  networkFailure,
  type PollPull,
  TerminalError,
} from '../connector.ts'
import { connectorCases } from './exercise-connector.ts'
import type { FakeConversation } from './fake-peer.ts'
import type { ExerciseOptions } from './options.ts'

// A drop box that is spoken with line by line, a sound connector for it, and what happens when it is broken.

const config = z.object({ host: z.string(), port: z.int() })
type Config = z.output<typeof config>

/** `put <key>` keeps a key once; `list` says all there are. */
function dropBox(): FakeConversation {
  const kept = new Set(['letter'])
  return (socket, { change }) => {
    const lines = createInterface({ input: socket })
    lines.on('error', () => undefined)
    lines.on('line', (line) => {
      const [verb, key = ''] = line.split(' ')
      if (verb === 'list') socket.write(`${[...kept].join(' ')}\n`)
      else if (change(kept.has(key) ? null : key, () => kept.add(key))) socket.write('kept\n')
    })
  }
}

/** Says one line and reads one. */
async function say(socket: Socket, line: string, isRead: boolean): Promise<string> {
  const failed = (code: 'CONNECTION_LOST' | 'TIMEOUT', cause?: unknown) =>
    networkFailure({ code, isSent: true, isRead, cause })
  return new Promise((resolve, reject) => {
    socket.once('error', (cause: NodeJS.ErrnoException) =>
      reject(failed(cause.code === 'ETIMEDOUT' ? 'TIMEOUT' : 'CONNECTION_LOST', cause)),
    )
    socket.once('close', () => reject(failed('CONNECTION_LOST')))
    socket.once('data', (data: Buffer) => resolve(data.toString().trim()))
    socket.write(`${line}\n`)
  })
}

type Ways = Pick<Delivery<Config>, 'config' | 'dial'>

async function put({ config: own, dial, idempotencyKey }: Delivery<Config>): Promise<Delivered> {
  const socket = await dial(own)
  const answer = await say(socket, `put ${idempotencyKey}`, false)
  if (answer !== 'kept') throw new TerminalError({ code: 'REQUEST_REJECTED' })
  return { externalId: idempotencyKey }
}

async function list({ config: own, dial }: Ways): Promise<readonly string[]> {
  return (await say(await dial(own), 'list', true)).split(' ')
}

async function pull(page: PollPull<Config>) {
  const all = await list(page)
  const start = Number(page.cursor ?? 0)
  const some = all.slice(start, start + page.limit)
  const end = start + some.length
  const messages = some.map((key) => ({ topic: 'letter', messageId: key, body: { key } }))
  return { messages, cursor: String(end), hasMore: end < all.length }
}

function boxWith(deliver: typeof put): Connector {
  return defineConnector({
    key: 'drop-box',
    title: 'Drop box',
    sdkVersion: 1,
    config,
    roles: ['notify'],
    limits: { timeoutMs: 10_000 },
    polls: { letters: { everySeconds: 60, pull } },
    delivers: {
      'customer.notify': {
        deliver,
        idempotency: {
          kind: 'find_before_create',
          readBack: async (delivery) =>
            (await list(delivery)).includes(delivery.idempotencyKey)
              ? { state: 'applied' }
              : { state: 'absent' },
        },
      },
    },
  })
}

const options: ExerciseOptions = {
  config: (baseUrl) => {
    const { hostname, port } = new URL(baseUrl)
    return { host: hostname, port: Number(port) }
  },
  deliveries: {
    'customer.notify': { body: { template: 'received', headline: 'received' } },
  },
  polls: { letters: {} },
  sockets: { noHttpSince: 'the drop box knows lines, and no statuses', fake: dropBox },
}

async function outcome(connector: Connector) {
  const failed: string[] = []
  const leftOut: string[] = []
  for (const one of connectorCases(connector, options)) {
    if (one.leftOut !== undefined) leftOut.push(one.name)
    await one.run().catch(() => failed.push(one.name))
  }
  return { failed, leftOut }
}

describe('the suite for what speaks through sockets', () => {
  test('passes a sound connector, and leaves out what only HTTP has', async () => {
    const { failed, leftOut } = await outcome(boxWith(put))
    assert.deepEqual(failed, [])
    assert.ok(leftOut.includes('customer.notify: follows no 301'))
    assert.ok(leftOut.includes('poll letters: takes an answer that is none for no page'))
    assert.ok(!leftOut.includes('customer.notify: has one effect when the time was up after it'))
  })

  test('notices one that goes around the dial', async () => {
    const around = boxWith(async (delivery) => {
      const socket = connect(delivery.config)
      await once(socket, 'connect')
      return put({ ...delivery, dial: async () => socket })
    })
    const { failed } = await outcome(around)
    assert.ok(failed.includes('customer.notify: has one effect and says so'))
  })

  test('notices one that takes a lost connection for a success', async () => {
    const careless = boxWith((delivery) => put(delivery).catch(() => ({})))
    const { failed } = await outcome(careless)
    assert.ok(
      failed.includes('customer.notify: has one effect when the connection was lost before it'),
    )
  })

  test('notices one that does not look first', async () => {
    let count = 0
    const forgetful = boxWith((delivery) => {
      count += 1
      return put({ ...delivery, idempotencyKey: `${delivery.idempotencyKey}:${count}` })
    })
    const { failed } = await outcome(forgetful)
    assert.ok(
      failed.includes('customer.notify: has one effect when the same command is sent again'),
    )
  })
})
