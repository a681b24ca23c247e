import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { channelsDir } from '@backhaul/connectors'
import { filesFor } from '../src/pipeline/channels.ts'
import {
  type ChannelFolder,
  eventsOfExamples,
  problemsOf,
  readChannelFolder,
} from './support/channels.ts'

const folders = readdirSync(channelsDir, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

const channels = new Map(folders.map((name) => [name, readChannelFolder(join(channelsDir, name))]))

function channel(name: string): ChannelFolder {
  const found = channels.get(name)
  assert.ok(found, `there is no channel ${name}`)
  return found
}

describe('a channel of documents', () => {
  for (const [name, one] of channels) {
    test(`${name} compiles, knows its words, and makes of its examples what it says`, () => {
      assert.equal(one.manifest.key, name)
      assert.deepEqual(problemsOf(one), [])
    })

    test(`${name} names each fact once: what comes again under an id says the same`, () => {
      const known = new Map<string, { example: string; said: string }>()
      for (const { example, events } of eventsOfExamples(one)) {
        for (const { id, type, data } of events) {
          const said = JSON.stringify([type, data])
          const before = known.get(id)
          if (before) assert.equal(said, before.said, `${id} in "${example}", "${before.example}"`)
          else known.set(id, { example, said })
        }
      }
    })
  }
})

describe('what comes again', () => {
  const facts = (name: string, example: string) => {
    const found = eventsOfExamples(channel(name)).find((one) => one.example === example)
    assert.ok(found, `there is no example ${example}`)
    return found.events.map(({ id }) => id)
  }

  const later: Readonly<Record<string, readonly [string, string, readonly string[]]>> = {
    amazon: [
      'returns-flat-file: a return of one item, with a label',
      'returns-flat-file: the first return again, a day later, refunded meanwhile',
      ['DexampleRRMA:delivered:9202090000000000000001', 'DexampleRRMA:refund:PUMP-12V:59.8'],
    ],
    ebay: [
      'return: the same return, approved and shipped, with tracking',
      'return: the same return, delivered and refunded',
      ['5300000001:delivered', '5300000001:refund:59.8'],
    ],
    walmart: [
      'return-order: a return was initiated',
      'return-order: the same return was refunded',
      ['100000000000555006:1:in_transit', '100000000000555006:refund:59.8'],
    ],
    'field-spreadsheet': [
      'returns: one item',
      'returns: the first return again, with a row more struck out',
      ['AD-2026-0815:1:canceled'],
    ],
    'edi-180': [
      'return-request: a request of one item',
      'return-request: the first request again, and its cancellation',
      ['RA-2026-5501:canceled'],
    ],
  }
  for (const [name, [first, second, news]] of Object.entries(later)) {
    test(`from ${name} is known, but for what has happened since`, () => {
      const known = new Set(facts(name, first))
      assert.ok(known.size > 0)
      assert.deepEqual(
        facts(name, second).filter((id) => !known.has(id)),
        news,
      )
    })
  }
})

describe('a channel that is not sound', () => {
  const amazon = channel('amazon')
  const with_ = (changes: Readonly<Record<string, string | null>>): ChannelFolder => {
    const files = new Map(amazon.files)
    for (const [path, text] of Object.entries(changes)) {
      if (text === null) files.delete(path)
      else files.set(path, Buffer.from(text))
    }
    return { manifest: amazon.manifest, files }
  }
  const textOf = (path: string) => Buffer.from(amazon.files.get(path) ?? []).toString('utf8')
  const flatFile = 'mappings/returns-flat-file.yaml'

  test('is noticed when a document has no examples', () => {
    const [without = ''] = textOf(flatFile).split('\nexamples:')
    assert.deepEqual(problemsOf(with_({ [flatFile]: without })), [
      `${flatFile}: it has no examples`,
    ])
  })

  test('is noticed when a document does not compile', () => {
    const broken = textOf(flatFile).replace('type: return.approved', 'type: return.aproved')
    assert.match(problemsOf(with_({ [flatFile]: broken })).join(), /did you mean return\.approved/)
  })

  test('is noticed when an example comes to something else', () => {
    const other = textOf(flatFile).replace('d-MMM-yyyy', 'dd-MMM-yyyy')
    const moved = other.replaceAll('America/Los_Angeles', 'UTC')
    assert.match(problemsOf(with_({ [flatFile]: moved })).join(), /differs/)
  })

  test('is noticed when a word means nothing, or a table is missing', () => {
    const reasons = 'vocabularies/reason.csv'
    const wrong = `${textOf(reasons)}SOMETHING,nothing_known\n`
    assert.match(problemsOf(with_({ [reasons]: wrong })).join(), /nothing_known is no value/)
    assert.match(
      problemsOf(with_({ [reasons]: null })).join(),
      /no table vocabularies\/reason\.csv/,
    )
  })

  test('is noticed when a document is left over, or is not there', () => {
    const left = with_({ 'mappings/old.yaml': 'mapping: 1', 'mappings/order-change.yaml': null })
    const problems = problemsOf(left).join()
    assert.match(problems, /old\.yaml is not named/)
    assert.match(problems, /order-change\.yaml: there is no such document/)
  })
})

test('a channel becomes the set-up of one connection', () => {
  const files = [
    { path: 'mappings/returns.yaml', text: 'mapping: 1' },
    { path: 'mappings/channel.update.yaml', text: 'mapping: 1' },
    { path: 'vocabularies/reason.csv', text: 'source,canonical' },
    { path: 'examples/one.csv', text: '' },
  ]
  assert.deepEqual(
    filesFor({ files }, 'shop-eu').map(({ path }) => path),
    [
      'mappings/shop-eu/returns.yaml',
      'mappings/shop-eu/channel.update.yaml',
      'vocabularies/reason.shop-eu.csv',
    ],
  )
})
