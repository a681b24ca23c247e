import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dryRunView } from './schemas/dry-run.ts'

const page = {
  checked: 1,
  same: 0,
  changed: 1,
  unreadable: 0,
  newlyReadable: 0,
  newlyUnreadable: 0,
  newlyUnmapped: 0,
  next: null,
  samples: [
    {
      messageId: '01920000-0000-7000-8000-000000000001',
      receivedAt: new Date(0),
      caseId: null,
      verdict: 'changed',
      after: { code: null, problems: [], unmapped: [] },
      body: Buffer.from('{"customer":{"name":"Ada Lovelace"},"text":"left at the gate"}'),
      changes: [
        {
          kind: 'changed',
          type: 'case.noted',
          eventId: '1',
          fields: [{ pointer: '/data/note', before: undefined, after: 'Ada Lovelace' }],
        },
      ],
    },
  ],
} as const

test('a dry run shows values to those only who may see messages, and the others where they would change', () => {
  const seen = dryRunView(page, { showsBody: true, isMasked: false, cursor: null })
  assert.deepEqual(seen.samples[0]?.changes[0]?.fields, [
    { pointer: '/data/note', after: 'Ada Lovelace' },
  ])
  const hidden = dryRunView(page, { showsBody: false, isMasked: false, cursor: null })
  assert.deepEqual(hidden.samples[0]?.changes[0]?.fields, [
    { pointer: '/data/note', after: '[masked]' },
  ])
  assert.ok(!JSON.stringify(hidden).includes('Ada'))
})

test('a dry run shows people what changes, without saying who the customer is', () => {
  const [sample] = page.samples
  const fields = [
    { pointer: '/data/note', before: 'left at the gate', after: 'Ada Lovelace: left at the gate' },
    { pointer: '/data/customer/name', before: undefined, after: 'Someone' },
  ]
  const [change] = sample.changes
  const shown = (body: Buffer | null) =>
    dryRunView(
      { ...page, samples: [{ ...sample, changes: [{ ...change, fields }], body }] },
      { showsBody: true, isMasked: true, cursor: null },
    ).samples[0]?.changes[0]?.fields
  assert.deepEqual(shown(sample.body), [
    { pointer: '/data/note', before: 'left at the gate', after: '[masked]: left at the gate' },
    { pointer: '/data/customer/name', after: '[masked]' },
  ])
  assert.deepEqual(shown(null)?.[0], {
    pointer: '/data/note',
    before: '[masked]',
    after: '[masked]',
  })
})
