import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encode } from './encode.ts'
import { unwritable, write } from './formats.test.ts'
import { targetFormat } from './target-format.ts'

const json = { format: 'json' } as const
const form = { format: 'form' } as const
const xml = { format: 'xml', declaration: false } as const
const csv = { format: 'csv', lineEnd: 'lf' } as const
const x12 = { format: 'x12' } as const

describe('a command as JSON', () => {
  test('is the same text in whatever order its fields were put', () => {
    const body = write({ b: [{ d: 1, c: null }], a: 'é', gone: undefined }, json)
    assert.equal(body, '{"a":"é","b":[{"c":null,"d":1}]}')
    assert.equal(write({ a: 'é', b: [{ c: null, d: 1 }] }, json), body)
  })

  test('has integers as numbers where those are exact, and as strings where not', () => {
    assert.equal(write([2n, 9007199254740993n], json), '[2,"9007199254740993"]')
  })

  test('says what it is', () => {
    const encoded = encode({}, targetFormat.parse(json))
    assert.deepEqual(encoded, { ok: true, body: '{}', contentType: 'application/json' })
  })
})

describe('what no format can hold', () => {
  const itself: unknown[] = []
  itself.push(itself)
  // biome-ignore format: a table
  const values: [string, unknown, RegExp][] = [
    ['a value that contains itself', itself, /60 deep/],
    ['what is not a number', { a: Number.NaN }, /not a number/],
    ['a date', { a: new Date(0) }, /no data/],
    ['a function', [() => 1], /no data/],
    ['a NUL', { a: '\u0000' }, /U\+0000/],
    ['half a surrogate pair', { '\ud800': 1 }, /surrogate/],
    ['a key __proto__', JSON.parse('{"__proto__":1}'), /__proto__/],
    ['a value that throws', { get a() { throw new Error('no') } }, /cannot be written as json/],
  ]
  for (const [name, value, message] of values) {
    test(`${name} is a problem`, () => {
      assert.match(unwritable(value, json), message)
    })
  }
})

describe('a command as a form', () => {
  test('repeats the name of a list, and leaves null out', () => {
    const value = { 'a[0]': 'R & D', tag: ['x', 2, true], none: null }
    assert.equal(write(value, form), 'a%5B0%5D=R+%26+D&tag=x&tag=2&tag=true')
  })

  test('takes no object inside', () => {
    assert.match(unwritable({ a: { b: 1 } }, form), /stands where text/)
    assert.match(unwritable(['a'], form), /from an object/)
  })
})

describe('a command as XML', () => {
  test('has attributes, text, lists, and nothing for null', () => {
    const value = {
      'x:return': {
        '@id': 'a"<\n',
        '@none': null,
        line: [{ '@no': 1, '#text': 'P & <Q>' }, 'R'],
        note: ' x\r',
        none: null,
        nothing: [],
        empty: '',
      },
    }
    assert.equal(
      write(value, xml),
      '<x:return id="a&quot;&lt;&#10;"><line no="1">P &amp; &lt;Q&gt;</line><line>R</line>' +
        '<note>&#32;x&#13;</note><empty/></x:return>',
    )
    const head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    assert.equal(write({ a: 1 }, { format: 'xml' }), `${head}<a>1</a>`)
  })

  // biome-ignore format: a table
  const refused: [string, unknown, RegExp][] = [
    ['no root', {}, /root element/],
    ['two roots', { a: 1, b: 2 }, /root element/],
    ['a list as root', { a: [1] }, /root element/],
    ['a name with a blank', { 'a b': 1 }, /no name/],
    ['a name that ends the tag', { a: { 'b><c': 1 } }, /no name/],
    ['an attribute that begins another', { a: { '@b="" c': 1 } }, /no name/],
    ['a list in a list', { a: { b: [[1]] } }, /list in a list/],
    ['a control character', { a: '\u0001' }, /control characters/],
  ]
  for (const [name, value, message] of refused) {
    test(`with ${name} is a problem`, () => {
      assert.match(unwritable(value, xml), message)
    })
  }
})

describe('a report as CSV', () => {
  test('has the columns of all rows, or those that are named', () => {
    const rows = [
      { sku: 'P;1', qty: 2 },
      { sku: 'say "hi"', note: null, late: true },
    ]
    assert.equal(write({ rows }, csv), 'sku,qty,note,late\nP;1,2,,\n"say ""hi""",,,true\n')
    const options = { ...csv, delimiter: ';', columns: ['qty', 'sku'] }
    assert.equal(write(rows, options), 'qty;sku\n2;"P;1"\n;"say ""hi"""\n')
    assert.equal(write([{ a: 'x\ny' }, { a: '' }], { format: 'csv' }), 'a\r\n"x\ny"\r\n""\r\n')
  })

  test('has nothing that a spreadsheet would run', () => {
    const cells = ['=1+1', '+49 40', '-x', '@SUM(A1)', '\t=1', '\r=1', '-12.50', '+3,5', 'a=b', -4]
    const written = cells.map((cell) => write([{ a: cell }], { ...csv, header: false }))
    assert.deepEqual(written, [
      "'=1+1\n",
      "'+49 40\n",
      "'-x\n",
      "'@SUM(A1)\n",
      "'\t=1\n",
      '"\'\r=1"\n',
      '-12.50\n',
      '"+3,5"\n',
      'a=b\n',
      '-4\n',
    ])
    assert.match(write([{ '=cmd()': 1 }], csv), /^'=cmd\(\)\n/)
  })

  test('is made of rows', () => {
    assert.match(unwritable({ rows: ['a'] }, csv), /list of objects/)
    assert.match(unwritable([{ a: [] }], csv), /stands where text/)
  })
})

describe('a command as X12', () => {
  const interchange = {
    sender: 'ACME',
    receiver: 'SUPPLIER',
    date: '261123',
    time: '0815',
    controlNumber: 42,
  }
  const transaction = {
    set: '180',
    BGN: { e01: '00', e02: 'RMA-77', e03: '20261123' },
    N9: [{ e01: 'IV', e02: 'INV-9' }],
    BLI: [
      {
        e01: 'VN',
        e02: 'PUMP',
        e03: 2,
        e04: 'EA',
        N9: [{ e01: 'SE', e02: 'SN-1' }],
        QTY: { e02: 2 },
      },
      { e01: 'VN', e02: 'HOSE', e03: 1, e05: '', SAC: { e01: 'A', e04c01: 'X', e04c03: 'Y' } },
    ],
  }

  test('has its envelope, its counts, and loops as segments that follow', () => {
    const lines = write({ interchange, transactions: transaction }, { ...x12, lineBreaks: true })
    assert.deepEqual(lines.split('\n'), [
      'ISA*00*          *00*          *ZZ*ACME           *ZZ*SUPPLIER       *261123*0815*U*00401*000000042*0*P*>~',
      'GS*AN*ACME*SUPPLIER*20261123*0815*42*X*004010~',
      'ST*180*0001~',
      'BGN*00*RMA-77*20261123~',
      'N9*IV*INV-9~',
      'BLI*VN*PUMP*2*EA~',
      'N9*SE*SN-1~',
      'QTY**2~',
      'BLI*VN*HOSE*1~',
      'SAC*A***X>>Y~',
      'SE*9*0001~',
      'GE*1*42~',
      'IEA*1*000000042~',
      '',
    ])
  })

  test('shares a group among transactions that follow one another', () => {
    const credit = { set: '812', segments: [{ tag: 'BCD', e01: '20261123' }] }
    const transactions = [transaction, transaction, credit]
    const body = write({ interchange, transactions }, x12)
    const envelope = body.split('~').filter((segment) => /^(GS|ST|SE|GE|IEA)/.test(segment))
    assert.deepEqual(
      envelope.map((segment) => segment.split('*', 3).join('*')),
      ['GS*AN*ACME', 'ST*180*0001', 'SE*9*0001', 'ST*180*0002', 'SE*9*0002', 'GE*2*42'].concat([
        'GS*CD*ACME',
        'ST*812*0001',
        'SE*3*0001',
        'GE*1*42',
        'IEA*2*000000042',
      ]),
    )
  })

  const with180 = (fields: object) => ({ interchange, transactions: { set: '180', ...fields } })
  // biome-ignore format: a table
  const refused: [string, unknown, RegExp][] = [
    ['no control number', { interchange: { ...interchange, controlNumber: null }, transactions: transaction }, /interchange\.controlNumber/],
    ['a sender that is too long', { interchange: { ...interchange, sender: 'x'.repeat(16) }, transactions: transaction }, /interchange\.sender/],
    ['no transaction', { interchange, transactions: [] }, /no transaction/],
    ['a set whose group nobody knows', { interchange, transactions: { set: '999' } }, /group\.functionalId/],
    ['an element separator in a value', with180({ N9: { e01: 'a*b' } }), /separator/],
    ['a segment terminator in a value', with180({ N9: { e01: 'a~SE*2' } }), /separator/],
    ['a component separator in a value', with180({ N9: { e01: 'a>b' } }), /separator/],
    ['a line break in a value', with180({ N9: { e01: 'a\nb' } }), /control character/],
    ['a repetition before there was one', with180({ N9: { e01r01: 'a', e01r02: 'b' } }), /repetition/],
    ['an element 00', with180({ N9: { e00: 'a' } }), /from 01/],
    ['a segment without a tag', with180({ segments: [{ e01: 'a' }] }), /no tag/],
    ['a text for a segment', with180({ N9: 'IV' }), /from an object/],
  ]
  for (const [name, value, message] of refused) {
    test(`with ${name} is a problem`, () => {
      assert.match(unwritable(value, x12), message)
    })
  }

  test('is not written with two separators that are the same', () => {
    assert.ok(!targetFormat.safeParse({ ...x12, segmentTerminator: '*' }).success)
  })
})
