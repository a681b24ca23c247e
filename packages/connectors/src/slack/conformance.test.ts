import { exerciseConnector, type FakeRule } from '@backhaul/sdk/testing'
import slack from './index.ts'

const token = 'xoxb-test-token-4f1c'

/** A channel that posts whatever it is given. */
function workspace(): FakeRule {
  const messages: { ts: string; metadata: unknown }[] = []
  return ({ url, headers, body }, effect) => {
    if (headers['authorization'] !== `Bearer ${token}`) {
      return { status: 200, body: { ok: false, error: 'invalid_auth' } }
    }
    if (!url.startsWith('/chat.postMessage')) {
      return { status: 200, body: { ok: true, messages: messages.toReversed() } }
    }
    effect('message')
    const { metadata } = JSON.parse(body) as { metadata: unknown }
    const ts = `1764000000.${String(messages.length + 1).padStart(6, '0')}`
    messages.push({ ts, metadata })
    return { status: 200, body: { ok: true, channel: 'C0RETURNS', ts } }
  }
}

exerciseConnector(slack, {
  config: (url) => ({ url, token, otherExceptions: 'C0RETURNS' }),
  deliveries: {
    'event.publish': {
      body: { event: { type: 'backhaul.goods.received.v1' }, moves: [], raised: ['RX05:line:1'] },
      errorInside: { status: 200, body: { ok: false, error: 'channel_not_found' } },
    },
  },
  fake: workspace,
})
