import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { cleanWord, maxWordLength, vocabularies, wordKey } from './vocabularies.ts'

describe('a word', () => {
  test('is the same in another case, with other blanks, and composed in another way', () => {
    assert.equal(wordKey('  Defekt \t Gerät\n'), wordKey('defekt gera\u0308t'))
    assert.equal(cleanWord('  Defekt \t Gerät\n'), 'Defekt Gerät')
  })

  test('holds nothing that a database refuses', () => {
    assert.equal(cleanWord('a\u0000b\uD800c'), 'a b\uFFFDc')
  })

  test('counts by its beginning where it is long, and is the same when what was kept of it is read again', () => {
    const long = `${'x'.repeat(maxWordLength - 1)}😀 and more`
    assert.equal(cleanWord(long).length, maxWordLength - 1)
    assert.equal(wordKey(cleanWord(long)), wordKey(long))
  })

  test('is bounded and well formed, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_500 }), (text) => {
        const key = wordKey(text)
        assert.ok(key.length <= maxWordLength)
        assert.doesNotMatch(key, /\p{Surrogate}|\p{Cc}|^\s|\s$/u)
        assert.equal(wordKey(cleanWord(text)), key)
      }),
    )
  })
})

test('a status is a state of an axis', () => {
  const { values } = vocabularies.status
  assert.equal(values?.get('supplierRecovery:written_off'), 'Supplier recovery written off')
  assert.equal(values?.has('written_off'), false)
})

test('what is measured, sent by, and taxed is named as a site names it', () => {
  const open = Object.entries(vocabularies).filter(([, { values }]) => values === null)
  assert.deepEqual(
    open.map(([name]) => name),
    ['carrier', 'warehouse', 'unit', 'tax', 'currency', 'company'],
  )
})
