import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { describe, test } from 'node:test'

import { checkVersions } from './lib/contracts/versions.mjs'
import { filesBelow, root } from './lib/paths.mjs'

const read = (file) => JSON.parse(readFileSync(file, 'utf8'))

function* referencesIn(value) {
  if (typeof value !== 'object' || value === null) return
  if (typeof value.$ref === 'string') yield value.$ref
  for (const item of Object.values(value)) yield* referencesIn(item)
}

function leadsSomewhere(document, reference) {
  const parts = reference.replace(/^#\//, '').split('/')
  const found = parts.reduce(
    (value, part) => value?.[part.replaceAll('~1', '/').replaceAll('~0', '~')],
    document,
  )
  return reference.startsWith('#/') && found !== undefined
}

describe('the published contracts', () => {
  const files = filesBelow(join(root, 'contracts')).filter((file) => file.endsWith('.json'))

  test('refer to nothing that is not there', () => {
    assert.ok(files.length > 100)
    for (const file of files) {
      const document = read(file)
      for (const reference of referencesIn(document)) {
        assert.ok(leadsSomewhere(document, reference), `${relative(root, file)}: ${reference}`)
      }
    }
  })

  test('name each event and command in the AsyncAPI document', () => {
    const { components, channels, operations } = read(join(root, 'contracts', 'asyncapi.json'))
    for (const kind of ['events', 'commands']) {
      for (const file of filesBelow(join(root, 'contracts', 'json-schema', kind))) {
        const key = basename(file, '.json').replaceAll('.', '-')
        assert.ok(components.messages[key], key)
      }
    }
    for (const { channel, messages } of Object.values(operations)) {
      const { messages: known } = channels[channel.$ref.replace('#/channels/', '')]
      for (const { $ref } of messages) assert.ok(known[$ref.split('/').at(-1)], $ref)
    }
  })

  test('can be read by every version that was published, and read it', () => {
    assert.deepEqual(checkVersions(root), [])
  })
})
