import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type Connector,
  defineConnector,
  type PolledMessage,
  type PollPage,
  RetryableError,
  secret,
  TerminalError,
  webhook,
} from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { z } from 'zod'

/** A system that keeps what has changed and is asked for it, over HTTP, so that hubs in other processes can. */
export interface PolledSystem {
  readonly url: string
  /** What has changed, oldest first. */
  readonly changes: PolledMessage[]
  /** How often it was asked. */
  readonly looks: () => number
  /** Called with each page before it is answered with. */
  onPage: (page: readonly PolledMessage[]) => Promise<void>
  /** What a check says: when the credentials expire, or which status it gets. */
  check: { readonly expiresAt?: string; readonly status?: number }
  /** Things that are not there any more, as `<type>/<value>`. */
  readonly gone: Set<string>
  readonly close: () => Promise<void>
}

export async function startPolledSystem(): Promise<PolledSystem> {
  const changes: PolledMessage[] = []
  const gone = new Set<string>()
  let looks = 0
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://system')
    const answer = async (): Promise<unknown> => {
      if (pathname === '/missing') {
        const type = searchParams.get('type')
        return searchParams.getAll('value').filter((value) => gone.has(`${type}/${value}`))
      }
      if (pathname === '/check') {
        response.statusCode = system.check.status ?? 200
        return system.check
      }
      looks += 1
      const after = Number(searchParams.get('after'))
      const page = changes.slice(after, after + Number(searchParams.get('limit')))
      await system.onPage(page)
      const end = after + page.length
      return { messages: page, cursor: String(end), hasMore: end < changes.length }
    }
    answer().then(
      (body) => response.end(JSON.stringify(body)),
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const system: PolledSystem = {
    url: `http://127.0.0.1:${port}`,
    changes,
    gone,
    looks: () => looks,
    onPage: async () => undefined,
    check: {},
    close: () => stopServer(server),
  }
  return system
}

function stopServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}

export const hintSecret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`

/** Asks a `PolledSystem`. A webhook `hint` wakes it. */
export const polled: Connector = defineConnector({
  key: 'polled',
  title: 'Polled',
  sdkVersion: 1,
  config: z.object({ url: z.string(), hintSecret: secret(z.string()) }),
  roles: ['wms'],
  limits: { timeoutMs: 15_000 },
  webhooks: {
    hint: webhook({
      payload: z.unknown(),
      verify: schemes.standardWebhooks.verify,
      secrets: (config: { hintSecret: string }) => [config.hintSecret],
      messageId: () => 'hint',
      wakesPoll: 'changes',
    }),
  },
  polls: {
    changes: {
      everySeconds: 3_600,
      async pull({ config, fetch, cursor, limit }) {
        const response = await fetch(`${config.url}/?after=${cursor ?? 0}&limit=${limit}`, {
          method: 'GET',
        })
        if (response.status !== 200) throw new RetryableError({ code: 'UNAVAILABLE' })
        return (await response.json()) as PollPage
      },
    },
  },
  async check({ config, fetch }) {
    const response = await fetch(`${config.url}/check`, { method: 'GET' })
    if (response.status === 401) {
      throw new TerminalError({ code: 'AUTH_REJECTED', reason: 'The key is not known' })
    }
    if (response.status !== 200) throw new RetryableError({ code: 'UNAVAILABLE' })
    const { expiresAt } = (await response.json()) as { expiresAt?: string }
    const credentialExpiresAt = expiresAt === undefined ? undefined : new Date(expiresAt)
    return { account: 'hub@polled', credentialExpiresAt }
  },
  presence: {
    types: ['return_transfer', 'credit_note'],
    async missing({ config, fetch, type, values }) {
      const query = new URLSearchParams({ type })
      for (const value of values) query.append('value', value)
      const response = await fetch(`${config.url}/missing?${query.toString()}`, { method: 'GET' })
      return z.array(z.string()).parse(await response.json())
    },
  },
})

/** The connection to it, as it is made. */
export function polledConnection(url: string) {
  return {
    connectionId: 'polled',
    connector: 'polled',
    title: 'Polled',
    config: { url, hintSecret },
    roles: ['wms'] as 'wms'[],
    subscriptions: [],
  }
}
