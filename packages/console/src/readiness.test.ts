import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { askReadiness } from './readiness.ts'

const answering = (status: number) => async () => new Response(null, { status })

describe('the console', () => {
  test('says that the hub is ready when /readyz says so', async () => {
    assert.equal(await askReadiness(answering(200), 1000), 'ready')
  })

  test('says that the hub is not ready when /readyz answers 503', async () => {
    assert.equal(await askReadiness(answering(503), 1000), 'not_ready')
  })

  test('says that the hub does not answer when the connection fails', async () => {
    const refused = async () => {
      throw new TypeError('fetch failed')
    }
    assert.equal(await askReadiness(refused, 1000), 'unreachable')
  })

  test('says that the hub does not answer when it takes too long', async () => {
    const hanging = (_path: string, init: RequestInit) =>
      new Promise<Response>((_resolve, reject) => {
        // AbortSignal.timeout does not keep the process alive by itself.
        const alive = setInterval(() => undefined, 1000)
        init.signal?.addEventListener('abort', () => {
          clearInterval(alive)
          reject(new Error('aborted'))
        })
      })
    assert.equal(await askReadiness(hanging, 10), 'unreachable')
  })
})
