import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { XMLParser } from 'fast-xml-parser'
import { problem, read, write } from './formats.test.ts'

const xml = { format: 'xml' } as const

describe('a return as XML', () => {
  test('is strings, attributes with an @, and a list where an element is repeated', () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
      <!-- of the marketplace -->
      <return id="R&amp;1" xmlns:x='urn:x'>
        <x:order>  S00042
        </x:order>
        <line no="1">PUMP</line><line no="2"><sku>HOSE &lt;3m&gt;</sku></line>
        <note><![CDATA[ broken & wet ]]></note><empty/><none></none>
      </return>`
    assert.deepEqual(read(text, xml), {
      return: {
        '@id': 'R&1',
        '@xmlns:x': 'urn:x',
        'x:order': 'S00042',
        line: [
          { '@no': '1', '#text': 'PUMP' },
          { '@no': '2', sku: 'HOSE <3m>' },
        ],
        note: ' broken & wet ',
        empty: '',
        none: '',
      },
    })
  })

  test('may say that an element is always a list, and that prefixes go', () => {
    const text = '<s:body xmlns:s="urn:s"><s:lines><s:line>A</s:line></s:lines></s:body>'
    const options = { ...xml, stripPrefixes: true, lists: ['body.lines.line'] }
    assert.deepEqual(read(text, options), { body: { lines: { line: ['A'] } } })
  })

  test('keeps text between children, and blanks that are written as references', () => {
    assert.deepEqual(read('<a> one <b/> two<!-- or -->s </a>', xml), {
      a: { b: '', '#text': 'one twos' },
    })
    assert.deepEqual(read('<a>&#32;x&#xE9;\r\n&#x1F600; </a>', xml), { a: ' xé\n😀' })
  })

  test('is read in the encoding that it declares', () => {
    const text = '<?xml version="1.0" encoding="ISO-8859-1"?><a>Größe</a>'
    assert.deepEqual(read(Buffer.from(text, 'latin1'), xml), { a: 'Größe' })
    assert.deepEqual(read(Buffer.from('\ufeff<a>é</a>', 'utf16le'), xml), { a: 'é' })
    assert.deepEqual(read(`\ufeff${text}`, xml), { a: 'Größe' })
  })

  test('is read as fast-xml-parser reads it', () => {
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      parseTagValue: false,
      ignoreDeclaration: true,
    })
    const name = fc.constantFrom('a', 'line', 'x:b', 'c-1')
    const word = fc.stringMatching(/^[a-zé<>&" ]{0,8}$/)
    const { element } = fc.letrec((tie) => ({
      element: fc.oneof(
        { depthSize: 'small', maxDepth: 5 },
        word,
        fc.dictionary(fc.oneof(name, fc.constantFrom('@n', '#text')), tie('field'), { maxKeys: 4 }),
      ),
      field: fc.oneof(word, tie('element'), fc.tuple(tie('element'), tie('element'))),
    }))
    fc.assert(
      fc.property(element, (value) => {
        fc.pre(!/"[@#][^"]*":[[{]|\[[^\]]*\[/.test(JSON.stringify(value)))
        const body = write({ root: value }, xml)
        // It leaves references as they are, which are written for blanks at the ends, and trims attributes.
        fc.pre(!/&#|="(?: |[^"]* ")/.test(body))
        assert.deepEqual(read(body, xml), parser.parse(body))
      }),
    )
  })

  test('with an attribute or child named like a part of any object keeps it as data', () => {
    const value = read('<constructor toString="1"><hasOwnProperty/></constructor>', xml)
    assert.deepEqual(value, { constructor: { '@toString': '1', hasOwnProperty: '' } })
  })

  // biome-ignore format: a table
  const refused: [string, string, RegExp][] = [
    ['an entity bomb', '<!DOCTYPE l [<!ENTITY a "&b;&b;"><!ENTITY b "lol">]><l>&a;</l>', /DOCTYPE/],
    ['an external entity', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', /DOCTYPE/],
    ['an entity that nobody declared', '<a>&nbsp;</a>', /no reference/],
    ['a lone ampersand', '<a>R&D</a>', /no reference/],
    ['a reference to a control character', '<a>&#1;</a>', /no reference/],
    ['a control character', '<a>\u0001</a>', /control character/],
    ['an element that is not closed', '<a><b></a>', /fits no start tag/],
    ['a missing end', '<a><b/>', /ends too early/],
    ['two roots', '<a/><b/>', /second root/],
    ['text outside of the root', '<a/>x', /outside/],
    ['no element', '<?xml version="1.0"?>', /no element/],
    ['an attribute that stands twice', '<a b="1" b="2"/>', /twice/],
    ['an attribute without quotes', '<a b=1/>', /quotes/],
    ['a comment without an end', '<a><!-- </a>', /--> is missing/],
    ['an element __proto__', '<a><__proto__/></a>', /__proto__/],
    ['an attribute x:__proto__', '<a x:__proto__="1"/>', /__proto__/],
    ['elements nested 61 deep', '<a>'.repeat(61) + '</a>'.repeat(61), /60 deep/],
    ['a text of 65,537 characters', `<a>${'x'.repeat(65_537)}</a>`, /65536 characters/],
    ['an encoding that is none', '<?xml version="1.0" encoding="klingon"?><a/>', /encoding/],
  ]
  for (const [name, body, message] of refused) {
    test(`with ${name} is refused`, () => {
      assert.match(problem(body, xml).message, message)
    })
  }

  test('names the place of what is wrong', () => {
    assert.deepEqual(problem('<a>\n  <b c></b>\n</a>', xml), {
      message: 'an attribute has no value',
      line: 2,
      column: 7,
    })
  })
})
