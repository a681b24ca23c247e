import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { channelsDir, connectors } from '@backhaul/connectors'
import type { CanonicalEvent } from '@backhaul/sdk/canonical'
import { inboundSamples, mapSample, readChannelFolder } from './support/channels.ts'

/*
 * What agents ask for in help desks, by the documents of their channels: each desk in its own words, and the same for
 * the case.
 */

interface Ticket {
  readonly caseNo?: string | null
  readonly action: string
  readonly reason?: string | null
  readonly [field: string]: unknown
}

function eventsOf(desk: string, ticket: Ticket): readonly CanonicalEvent[] {
  const [sample] = inboundSamples(readChannelFolder(join(channelsDir, desk)))
  assert.ok(sample)
  const body = JSON.parse(Buffer.from(sample.bytes).toString('utf8')) as object
  const bytes = Buffer.from(JSON.stringify({ ...body, ...ticket }))
  return mapSample({ ...sample, bytes }).flatMap((one) => (one.kind === 'events' ? one.events : []))
}

const words = {
  zendesk: { start: 'return_start', cancel: 'return_cancel', wrong: 'return_reason_wrong_goods' },
  freshdesk: { start: 'Start return', cancel: 'Cancel return', wrong: 'Wrong goods' },
} as const

for (const [desk, { start, cancel, wrong }] of Object.entries(words)) {
  describe(`tickets of ${desk}`, () => {
    test('belong to a connector that tells tickets about their returns', () => {
      const connector = connectors.find(({ key }) => key === desk)
      assert.ok(connector?.delivers['ticket.update'])
    })

    test('begin a return that is bound to them', () => {
      const [event] = eventsOf(desk, { action: start, reason: wrong })
      assert.ok(event?.type === 'return.requested')
      const { refs, sourceRef, lines } = event.data as {
        readonly refs: readonly object[]
        readonly sourceRef: string
        readonly lines: readonly { readonly reason: { readonly code: string } }[]
      }
      assert.deepEqual(refs, [{ system: 'example', type: 'ticket', value: sourceRef }])
      assert.equal(lines[0]?.reason.code, 'wrong_goods')
    })

    test('cancel a return by the ticket, and by its number where one stands there', () => {
      const refsOf = (caseNo: string | null) => {
        const [event] = eventsOf(desk, { action: cancel, caseNo })
        assert.ok(event?.type === 'return.canceled')
        return event.data.refs?.map(({ type }) => type)
      }
      assert.deepEqual(refsOf(null), ['ticket'])
      assert.deepEqual(refsOf('RMA-000123-7'), ['ticket', 'case_no'])
    })

    test('say nothing of a return while nobody asks for anything', () => {
      assert.deepEqual(eventsOf(desk, { action: '' }), [])
    })

    test('wait for a person where the reason is not known', () => {
      assert.deepEqual(eventsOf(desk, { action: start, reason: 'of our own' }), [])
    })
  })
}
