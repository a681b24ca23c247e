import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { config } from '../config.ts'
import { noticeOf } from '../notice.ts'
import { TemplateError } from './engine.ts'
import { templateNames } from './template.ts'
import { type FindOwn, languages, writeLetter } from './write-letter.ts'

const from = { address: 'returns@example.com', name: 'Example' }
const settings = config.parse({ host: 'mail.example.com', from })
const none: FindOwn = () => undefined

function noticeWith(body: Record<string, unknown> = {}, contact: unknown = { name: 'Ada' }) {
  return noticeOf({
    config: settings,
    contact,
    command: {
      type: 'customer.notify',
      caseId: '01920000-0000-7000-8000-000000000001',
      caseNo: 'RMA-000001-7',
      caseVersion: 1,
      occurredAt: '2026-11-23T09:00:00Z',
      body: { template: 'refunded', headline: 'refunded', ...body },
    },
  })
}

const full = {
  about: { company: 'main', orderRefs: ['S00042', 'S00043'], rmaNo: 'R-77' },
  lines: [
    {
      lineNo: 1,
      product: { sku: 'PUMP', name: 'Pump <12 V>' },
      requested: '2',
      authorized: '1.500',
    },
    { lineNo: 2, product: { customerPartNo: 'C-9' }, requested: '1', authorized: '0' },
  ],
  refunded: { amount: '1234.50', currency: 'EUR' },
  customerText: 'Thanks & sorry',
}

describe('the words that come with the connector', () => {
  for (const [language, { messages }] of Object.entries(languages)) {
    test(`in ${language} say every notice, with everything known and with nothing`, () => {
      assert.deepEqual(Object.keys(messages).toSorted(), [...templateNames])
      for (const template of templateNames) {
        for (const body of [{}, full]) {
          const letter = writeLetter(noticeWith({ ...body, template, language }), none)
          assert.equal(letter.language, language)
          assert.ok(letter.subject.includes('about' in body ? 'R-77' : 'RMA-000001-7'))
          for (const text of [letter.subject, letter.text, letter.html]) {
            assert.doesNotMatch(text, /\{\{|\{%|null|undefined|\[object/)
          }
        }
      }
    })
  }

  test('write amounts and quantities as the language does', () => {
    const letter = (language: string) => writeLetter(noticeWith({ ...full, language }), none)
    assert.match(letter('de').text, /1\.234,50\s€/)
    assert.match(letter('en').text, /€1,234\.50/)
    assert.match(letter('de').text, /- 1,5 × Pump <12 V> \(PUMP\)\n- 1 × C-9\n/)
  })

  test('escape in HTML what others wrote', () => {
    const evil = '<script>alert(1)</script> & "x"'
    const { html, text } = writeLetter(
      noticeWith({ ...full, customerText: evil }, { name: evil }),
      none,
    )
    assert.doesNotMatch(html, /<script/)
    assert.match(html, /Pump &lt;12 V&gt;/)
    assert.match(html, /Hello &lt;script&gt;/)
    assert.match(text, /<script>alert\(1\)/)
  })

  test('are chosen by the customer, then the return, then the site; English where nobody has words', () => {
    const languageOf = (language: string | undefined, contact: unknown = {}) =>
      writeLetter(noticeWith(language === undefined ? {} : { language }, contact), none).language
    assert.equal(languageOf('en', { language: 'de-CH' }), 'de')
    assert.equal(languageOf('de'), 'de')
    assert.equal(languageOf('fr-FR'), 'en')
    assert.equal(languageOf(undefined), 'en')
  })

  test('call what they do not know news', () => {
    const { subject } = writeLetter(noticeWith({ template: 'a_new_headline' }), none)
    assert.equal(subject, 'News of your return RMA-000001-7')
  })
})

describe('a template of the site', () => {
  const own =
    (documents: Record<string, unknown>): FindOwn =>
    (name) =>
      documents[name]

  test('comes before ours, in its language and for its message', () => {
    const find = own({
      'refunded.en': { subject: 'Money for {{ case.number }}', text: 'Hi {{ customer.name }}!' },
    })
    const letter = writeLetter(noticeWith(full), find)
    assert.equal(letter.subject, 'Money for RMA-000001-7')
    assert.match(letter.text, /Hi Ada!/)
    assert.ok(letter.isOwn)
    assert.ok(!writeLetter(noticeWith({ ...full, language: 'de' }), find).isOwn)
  })

  test('may say its own HTML, in a layout of its own, and escapes all the same', () => {
    const find = own({
      'refunded.en': { subject: 's', text: 't', html: '<b>{{ customer.name }}</b>' },
      'layout.en': { text: '{{ content }}', html: '<html>{{ content }}</html>' },
    })
    const letter = writeLetter(noticeWith(full, { name: '<i>Ada' }), find)
    assert.equal(letter.html, '<html><b>&lt;i&gt;Ada</b></html>')
    assert.equal(letter.text, 't')
  })

  test('brings a language that we do not have', () => {
    const find = own({ 'refunded.fr': { subject: 'Remboursement {{ rma }}', text: 'Bonjour' } })
    const letter = writeLetter(noticeWith({ ...full, language: 'fr-CA' }), find)
    assert.equal(letter.language, 'fr')
    assert.equal(letter.subject, 'Remboursement R-77')
  })

  test('cannot break out of the subject', () => {
    const find = own({ 'refunded.en': { subject: 'a\r\nBcc: x@example.net', text: 't' } })
    assert.equal(writeLetter(noticeWith(full), find).subject, 'a Bcc: x@example.net')
  })

  const broken: Readonly<Record<string, unknown>> = {
    'an unknown variable': { subject: '{{ customer.password }}', text: 't' },
    'an unknown filter': { subject: '{{ rma | raw }}', text: 't' },
    'an open tag': { subject: '{% if rma %}', text: 't' },
    'a file': { subject: 's', text: "{% include 'etc/passwd' %}" },
    'what is inherited': { subject: '{{ case.constructor }}', text: 't' },
    'no end': { subject: 's', text: '{% for i in (1..100000000) %}x{% endfor %}' },
    'another form': { subject: 's' },
    'a text': 'hello',
  }
  for (const [what, document] of Object.entries(broken)) {
    test(`with ${what} is told apart, and says nothing of the customer`, () => {
      const find = own({ 'refunded.en': document })
      assert.throws(
        () => writeLetter(noticeWith(full, { name: 'Ada Lovelace' }), find),
        (error: unknown) => error instanceof TemplateError && !error.message.includes('Lovelace'),
      )
    })
  }
})
