import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { axes, axisStates } from '@backhaul/sdk/canonical'

const folder = new URL('../vocabularies/status/', import.meta.url)
const states = new Set(axes.flatMap((axis) => axisStates[axis].map((state) => `${axis}:${state}`)))

describe('the words of a system for its states', () => {
  const files = readdirSync(folder)
  test('are there for a score of systems', () => {
    assert.ok(files.length >= 18)
  })

  for (const name of files) {
    test(`${name} gives each word one meaning that there is`, () => {
      const [head, ...rows] = readFileSync(new URL(name, folder), 'utf8').trimEnd().split('\n')
      assert.equal(head, 'source,canonical')
      const pairs = rows.map((row) => row.split(','))
      assert.deepEqual(
        pairs.filter(([, state = '']) => !states.has(state)),
        [],
      )
      const words = pairs.map(([word = '']) => word.trim().toLowerCase())
      assert.ok(words.length > 0 && words.every((word) => word !== ''))
      assert.deepEqual(words.toSorted(), [...new Set(words)].toSorted())
    })
  }
})
