import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatDocument } from './document.ts'
import { cellText, fields, printable, shorten, table } from './table.ts'

describe('a text from outside', () => {
  test('moves no cursor, rings no bell, and turns no line around', () => {
    assert.equal(printable('a\u001B[2Jb\u0007c\nd\u202Ee'), 'a [2Jb c d e')
    assert.equal(
      printable('\u001B]8;;https://evil.example\u0007click\u001B]8;;\u0007'),
      ' ]8;;https://evil.example click ]8;; ',
    )
  })

  test('is otherwise as it was', () => {
    assert.equal(printable('Größe 42 – 返品 ✔'), 'Größe 42 – 返品 ✔')
  })
})

describe('a table', () => {
  const rows = [
    { name: 'one', count: 7, at: new Date('2026-11-23T08:15:30.123Z') },
    { name: 'a longer name', count: 1234, at: null },
  ]
  const columns = [
    { title: 'NAME', value: (row: (typeof rows)[number]) => row.name },
    { title: 'COUNT', value: (row: (typeof rows)[number]) => row.count, align: 'right' as const },
    { title: 'AT', value: (row: (typeof rows)[number]) => row.at },
  ]

  test('has its columns below each other, numbers to the right, and nothing as a dash', () => {
    assert.equal(
      table(rows, columns, { hasColor: false }),
      [
        'NAME           COUNT  AT',
        'one                7  2026-11-23 08:15:30Z',
        'a longer name   1234  -',
      ].join('\n'),
    )
  })

  test('has color only where it is wanted', () => {
    assert.ok(!table(rows, columns, { hasColor: false }).includes('\u001B'))
    assert.ok(table(rows, columns, { hasColor: true }).startsWith('\u001B[1m'))
  })

  test('of one thing has a line for each of its fields', () => {
    assert.equal(
      fields([
        ['Name', 'one'],
        ['Count', 0],
        ['Open', false],
      ]),
      'Name   one\nCount  0\nOpen   no',
    )
  })
})

test('a long text ends in an ellipsis', () => {
  assert.equal(shorten('abcdef', 4), 'abc…')
  assert.equal(shorten('abc', 4), 'abc')
  assert.equal(shorten(null, 4), null)
  assert.equal(cellText(null), '-')
})

test('a document has its keys in order at every depth, and times in ISO 8601', () => {
  const document = { b: [{ z: 1, a: 2 }], a: new Date(0), __proto__: null }
  const expected = '{"a":"1970-01-01T00:00:00.000Z","b":[{"a":2,"z":1}]}'
  assert.equal(JSON.stringify(JSON.parse(formatDocument(document))), expected)
})
