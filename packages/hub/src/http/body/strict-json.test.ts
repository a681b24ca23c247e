import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { HubError } from '../../platform/errors.ts'
import { readJson } from './strict-json.ts'

function refusal(body: string | Buffer): { code: string; pointer?: string; problem?: string } {
  try {
    readJson(Buffer.from(body))
  } catch (error) {
    assert.ok(error instanceof HubError)
    const [problem] = error.problems
    return {
      code: error.code,
      ...(problem ? { pointer: problem.pointer, problem: problem.code } : {}),
    }
  }
  assert.fail(`${body.toString().slice(0, 60)} was taken`)
}

describe('a JSON body', () => {
  test('is read as any JSON parser reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value)
        const isOrdinary = !/"(__proto__|constructor|prototype)"|\\u0000|\\ud[89a-f]/i.test(text)
        fc.pre(isOrdinary && !/\d{16}/.test(text))
        assert.deepEqual(readJson(Buffer.from(text)), JSON.parse(text))
      }),
    )
  })

  test('is read or refused by one of two codes, whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readJson(Buffer.from(bytes))
        } catch (error) {
          assert.ok(error instanceof HubError)
          assert.match(error.code, /^(MALFORMED_BODY|VALIDATION_FAILED)$/)
        }
      }),
    )
  })

  test('keeps braces, quotes and backslashes in its texts', () => {
    const value = { a: '"}],{[\\', 'b"\\': ['\\"'], c: '\\' }
    assert.deepEqual(readJson(Buffer.from(JSON.stringify(value))), value)
  })

  // biome-ignore format: a table
  const malformed: [string, string | Buffer][] = [
    ['that is empty', ''],
    ['that ends in the middle', '{"a":1'],
    ['with a byte order mark', '\ufeff{"a":1}'],
    ['in UTF-16', Buffer.from('{"a":1}', 'utf16le')],
    ['in UTF-16 with its mark', Buffer.from('\ufeff{"a":1}', 'utf16le')],
    ['in Latin-1', Buffer.from('{"a":"é"}', 'latin1')],
    ['with a bare NUL', '{"a":"\u0000"}'],
    ['with a number that JSON does not know', '{"a":NaN}'],
    ['nested 10,000 deep', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['nested 10,000 deep in objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
    ['with a million values', `[${'1,'.repeat(1_000_000)}1]`],
    ['with a million keys', `{${Array.from({ length: 1_000_000 }, (_, n) => `"${n}":1`).join()}}`],
  ]
  for (const [name, body] of malformed) {
    test(`${name} is malformed`, () => {
      assert.equal(refusal(body).code, 'MALFORMED_BODY')
    })
  }

  // biome-ignore format: a table
  const refused: [string, string, string, string][] = [
    ['a key that stands twice', '{"x":{"a":1,"a":2}}', '/x/a', 'duplicate_key'],
    ['a key that stands twice in another spelling', String.raw`{"a":1,"\u0061":2}`, '/a', 'duplicate_key'],
    ['a key __proto__', '[{"__proto__":{"role":"admin"}}]', '/0/__proto__', 'forbidden_key'],
    ['a key __proto__ in escapes', String.raw`{"\u005f_proto__":1}`, '/__proto__', 'forbidden_key'],
    ['a key constructor, deep', '{"a":[{"constructor":{"prototype":1}}]}', '/a/0/constructor', 'forbidden_key'],
    ['a number that no double holds', '{"a":1e400}', '/a', 'number_out_of_range'],
    ['a negative one', '[-1e400]', '/0', 'number_out_of_range'],
    ['an id beyond 2^53', '{"a/b":9007199254740993}', '/a~1b', 'number_out_of_range'],
    ['a NUL in escapes', String.raw`{"a":["\u0000"]}`, '/a/0', 'invalid_text'],
    ['half a surrogate pair', String.raw`{"a":"\ud800x"}`, '/a', 'invalid_text'],
    ['half a surrogate pair in a key', String.raw`{"\udc00":1}`, '', 'invalid_text'],
  ]
  for (const [name, body, pointer, problem] of refused) {
    test(`with ${name} is refused, with the place`, () => {
      assert.deepEqual(refusal(body), { code: 'VALIDATION_FAILED', pointer, problem })
    })
  }

  test('may hold the same key in different objects, whole pairs of surrogates, and large decimals', () => {
    const text = String.raw`[{"a":1},{"a":{"a":2}},"\ud83d\ude00",9007199254740991,-0,1E-400,0.1]`
    assert.deepEqual(readJson(Buffer.from(text)), JSON.parse(text))
  })
})
