import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decode } from './decode.ts'
import { type SourceFormat, sourceFormat } from './source-format.ts'

/**
 * Documents that are made to keep a parser busy. Each takes less than 150 ms on the machine where this was
 * written; what grew with the square of its length would take minutes. The bound leaves room for a machine
 * that does something else at the time.
 */
const boundMs = 1_000

const many = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join('')
const name = (index: number) => `k${index.toString(36)}`

const isa =
  'ISA*00*          *00*          *ZZ*S              *ZZ*R              *261123*0815*U*00401*000000001*0*P*>~'
const set = `${isa}GS*AN*S*R*20261123*0815*1*X*004010~ST*180*0001~`

type Hostile = readonly [string, 'refused' | 'read', () => string]

// biome-ignore format: a table
const json: Hostile[] = [
  ['a million open lists', 'refused', () => '['.repeat(1_000_000)],
  ['objects nested 300,000 deep', 'refused', () => '{"a":'.repeat(300_000)],
  ['many lists nested 30 deep', 'refused', () => `[${many(20_000, () => `${'['.repeat(30)}${']'.repeat(30)},`)}0]`],
  ['400,000 keys of one name', 'refused', () => `{${'"":0,'.repeat(399_000)}"":0}`],
  ['180,000 keys', 'refused', () => `{${many(180_000, (n) => `"${name(n)}":0,`)}"z":0}`],
  ['100,000 objects with a key of their own', 'refused', () => `[${many(100_000, (n) => `{"${name(n)}":0},`)}0]`],
  ['49,000 objects of as many shapes', 'refused', () => `[${many(49_000, (n) => `{"${name((n * 7919) % 9973)}":0,"_${name((n * 31) % 9967)}":1},`)}0]`],
  ['249,000 lists', 'read', () => `[${'[],'.repeat(249_000)}0]`],
  ['499,000 numbers', 'read', () => `[${'0,'.repeat(499_000)}0]`],
  ['a text of 2 MB', 'refused', () => JSON.stringify('x'.repeat(1_990_000))],
  ['a text of 10 MB', 'refused', () => JSON.stringify('x'.repeat(10_000_000))],
  ['backslashes', 'refused', () => `["${'\\'.repeat(1_900_000)}"]`],
  ['escapes', 'read', () => `[${many(33, () => `"${'\\u0041'.repeat(10_000)}",`)}0]`],
  ['94,000 long numbers', 'refused', () => `[${'12345678901234567890,'.repeat(94_000)}0]`],
  ['49,000 long numbers', 'read', () => `[${'12345678901234567890,'.repeat(49_000)}0]`],
  ['a number of 1.9 million digits', 'read', () => `[${'9'.repeat(1_900_000)}]`],
  ['numbers of 60,000 digits', 'read', () => `[${`${'9'.repeat(60_000)},`.repeat(30)}0]`],
  ['nothing but minus signs', 'refused', () => '-'.repeat(2_000_000)],
  ['nothing but quotes', 'refused', () => '"'.repeat(1_999_999)],
  ['nothing but commas', 'refused', () => ','.repeat(2_000_000)],
  ['a key that stands twice behind many', 'refused', () => `[${many(9_000, (n) => `{"${name(n)}":"é"},`)}{"a":1,"a":2}]`],
]

// biome-ignore format: a table
const form: Hostile[] = [
  ['two million fields', 'refused', () => '&'.repeat(2_000_000)],
  ['10,000 fields of one name', 'read', () => 'a=1&'.repeat(9_999)],
  ['percent signs', 'read', () => `a=${'%'.repeat(65_000)}`],
  ['nothing but escapes', 'read', () => many(300, (n) => `a${n}=${'%41'.repeat(2_200)}&`)],
]

// biome-ignore format: a table
const xml: Hostile[] = [
  ['a million open elements', 'refused', () => '<a>'.repeat(1_000_000)],
  ['an entity bomb', 'refused', () => `<!DOCTYPE l [${many(9, (n) => `<!ENTITY a${n} "&a;&a;">`)}]><l>&a9;</l>`],
  ['nothing but ampersands', 'refused', () => `<a>${'&'.repeat(10_000_000)}`],
  ['two million references', 'refused', () => `<a>${many(160, () => `<b>${'&amp;'.repeat(13_000)}</b>`)}</a>`],
  ['a million attributes', 'refused', () => `<a ${many(1_000_000, (n) => `a${n}="1" `)}/>`],
  ['499,000 elements', 'read', () => `<a>${'<b/>'.repeat(499_000)}</a>`],
  ['two million elements', 'refused', () => `<a>${'<b/>'.repeat(2_000_000)}</a>`],
  ['elements of as many names', 'refused', () => `<a>${many(400_000, (n) => `<b${n}/>`)}</a>`],
  ['text and elements by turns', 'refused', () => `<a>${'x<b/>'.repeat(499_000)}</a>`],
  ['tags that are not closed', 'refused', () => '<a '.repeat(3_000_000)],
  ['nothing but <', 'refused', () => '<'.repeat(10_000_000)],
  ['empty comments', 'refused', () => `<a>${'<!---->'.repeat(1_400_000)}</a>`],
  ['comments without an end', 'refused', () => `<a>${'<!--'.repeat(2_000_000)}`],
  ['empty CDATA', 'refused', () => `<a>${'<![CDATA[]]>'.repeat(800_000)}</a>`],
  ['blanks in a tag', 'refused', () => `<a${' '.repeat(10_000_000)}/>`],
  ['blanks between tags', 'refused', () => `<a>${' '.repeat(10_000_000)}</a>`],
  ['carriage returns', 'refused', () => `<a>${'\r'.repeat(10_000_000)}</a>`],
  ['an attribute without an end', 'refused', () => `<a b="${'x'.repeat(10_000_000)}`],
  ['a name of 10 MB', 'refused', () => `<${'a'.repeat(10_000_000)}/>`],
]

// biome-ignore format: a table
const csv: Hostile[] = [
  ['a quote of 10 MB that is not closed', 'refused', () => `a,b\n"${'x'.repeat(10_000_000)}`],
  ['a quote that is not closed, over lines', 'refused', () => `a,b\n1,"\n${'1,2\n'.repeat(190_000)}`],
  ['nothing but quotes', 'refused', () => `a\n${'"'.repeat(10_000_000)}`],
  ['quotes and letters by turns', 'refused', () => `a\n${'"a"b'.repeat(2_000_000)}`],
  ['nothing but commas', 'refused', () => ','.repeat(10_000_000)],
  ['nothing but line ends', 'refused', () => '\n'.repeat(10_000_000)],
  ['a line of 10 MB', 'refused', () => 'a'.repeat(10_000_000)],
  ['two million fields', 'refused', () => `${many(400, (n) => `c${n},`)}z\n${`${','.repeat(400)}\n`.repeat(5_000)}`],
]

// biome-ignore format: a table
const x12: Hostile[] = [
  ['no terminator', 'refused', () => isa.slice(0, -1) + 'x'.repeat(10_000_000)],
  ['a segment that does not end', 'refused', () => `${set}N9*${'x'.repeat(10_000_000)}`],
  ['endless segments', 'refused', () => set + 'N9*a~'.repeat(2_000_000)],
  ['endless loops', 'refused', () => set + 'N9*a~DTM*b~'.repeat(120_000)],
  ['nothing but separators', 'refused', () => `${isa}${'*'.repeat(10_000_000)}~`],
  ['components', 'refused', () => set + `N9*${'a>'.repeat(30_000)}~`.repeat(100)],
  ['nothing but terminators', 'refused', () => isa + '~'.repeat(10_000_000)],
  ['an interchange in an interchange', 'refused', () => isa.repeat(90_000)],
  ['blanks', 'refused', () => ' '.repeat(10_000_000)],
]

const formats: [string, Hostile[], SourceFormat][] = [
  ['JSON', json, sourceFormat.parse({ format: 'json' })],
  ['a form', form, sourceFormat.parse({ format: 'form' })],
  ['XML', xml, sourceFormat.parse({ format: 'xml', lists: ['a.b'] })],
  ['CSV', csv, sourceFormat.parse({ format: 'csv' })],
  ['X12', x12, sourceFormat.parse({ format: 'x12', loops: { N9: ['DTM'], DTM: ['N9'] } })],
]

for (const [format, documents, options] of formats) {
  describe(`${format} that is made to keep the hub busy`, () => {
    for (const [title, outcome, make] of documents) {
      test(`with ${title} is ${outcome} at once`, () => {
        const bytes = Buffer.from(make())
        const startedAt = performance.now()
        const result = decode(bytes, options)
        const tookMs = performance.now() - startedAt
        assert.equal(result.ok ? 'read' : 'refused', outcome)
        assert.ok(tookMs < boundMs, `${Math.round(tookMs)} ms`)
      })
    }
  })
}
