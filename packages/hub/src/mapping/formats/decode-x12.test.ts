import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { problem, read } from './formats.test.ts'

const x12 = { format: 'x12' } as const
const isa =
  'ISA*00*          *00*          *ZZ*RETAILER       *01*SUPPLIER       *261123*0815*U*00401*000000042*0*P*>~'
const gs = 'GS*AN*RETAILER*SUPPLIER*20261123*0815*7*X*004010~'

/** A request to return two items, as a retailer sends it. */
const request = [
  isa + gs,
  'ST*180*0001~',
  'BGN*00*RMA-77*20261123~',
  'RDR*10**DM~',
  'PRF*PO-4711~',
  'N9*IV*INV-9~',
  'N1*ST*Warehouse Süd*92*W1~',
  'N3*Am Kai 1~',
  'N4*Hamburg**20457*DE~',
  'BLI*VN*PUMP-12V*2*EA***UP*012345678905~',
  'RDR*10**DM~',
  'N9*SE*SN-1~',
  'N9*SE*SN-2~',
  'QTY*01*2*EA~',
  'N1*MF*Maker~',
  'N3*Street 5~',
  'BLI*VN*HOSE-3M*1*EA~',
  'SAC*A*ZZZZ**A>B>C*500~',
  'SE*18*0001~',
  'GE*1*7~',
  'IEA*1*000000042~',
].join('\r\n')

const loops = { BLI: ['RDR', 'N9', 'QTY', 'SAC', 'N1'], N1: ['N3', 'N4', 'PER'] }

interface File {
  readonly interchange: unknown
  readonly transactions: readonly Record<string, unknown>[]
}

function transactions(text: string | Uint8Array, options: object = {}): File['transactions'] {
  return (read(text, { ...x12, ...options }) as File).transactions
}

describe('a 180', () => {
  test('is transactions with their envelope, and segments in order', () => {
    const { interchange, transactions: sets } = read(request, x12) as File
    const [first] = sets
    assert.equal(sets.length, 1)
    assert.deepEqual(interchange, {
      senderQualifier: 'ZZ',
      sender: 'RETAILER',
      receiverQualifier: '01',
      receiver: 'SUPPLIER',
      date: '261123',
      time: '0815',
      version: '00401',
      controlNumber: '000000042',
      usage: 'P',
    })
    assert.deepEqual(first?.['interchange'], interchange)
    assert.deepEqual([first?.['set'], first?.['controlNumber']], ['180', '0001'])
    const segments = first?.['segments'] as unknown[]
    assert.equal(segments.length, 16)
    assert.deepEqual(segments[1], { tag: 'RDR', e01: '10', e03: 'DM' })
  })

  test('has its items with what is said of each, where loops are given', () => {
    const [first] = transactions(request, { loops })
    assert.deepEqual(first?.['BGN'], [{ tag: 'BGN', e01: '00', e02: 'RMA-77', e03: '20261123' }])
    assert.deepEqual(first?.['N9'], [{ tag: 'N9', e01: 'IV', e02: 'INV-9' }])
    assert.deepEqual(first?.['N1'], [
      {
        tag: 'N1',
        e01: 'ST',
        e02: 'Warehouse Süd',
        e03: '92',
        e04: 'W1',
        N3: [{ tag: 'N3', e01: 'Am Kai 1' }],
        N4: [{ tag: 'N4', e01: 'Hamburg', e03: '20457', e04: 'DE' }],
      },
    ])
    const [pump, hose] = (first?.['BLI'] ?? []) as Record<string, unknown>[]
    assert.equal(pump?.['e02'], 'PUMP-12V')
    assert.deepEqual(pump?.['N9'], [
      { tag: 'N9', e01: 'SE', e02: 'SN-1' },
      { tag: 'N9', e01: 'SE', e02: 'SN-2' },
    ])
    const maker = { tag: 'N1', e01: 'MF', e02: 'Maker', N3: [{ tag: 'N3', e01: 'Street 5' }] }
    assert.deepEqual(pump?.['N1'], [maker])
    assert.deepEqual(hose?.['SAC'], [
      { tag: 'SAC', e01: 'A', e02: 'ZZZZ', e04c01: 'A', e04c02: 'B', e04c03: 'C', e05: '500' },
    ])
    assert.equal(hose?.['N9'], undefined)
  })

  test('has repetitions from version 00402 on', () => {
    const text = request.replace('*U*00401*', '*^*00501*').replace('N9*IV*', 'N9*IV^PO>1*')
    const [first] = transactions(text, { loops })
    const reference = { tag: 'N9', e01r01: 'IV', e01r02c01: 'PO', e01r02c02: '1', e02: 'INV-9' }
    assert.deepEqual(first?.['N9'], [reference])
    assert.match(JSON.stringify(transactions(request)), /PUMP-12V/)
  })

  test('may separate by other signs, end segments with lines, and leave its ISA short', () => {
    const [expected] = transactions(request)
    const lines = request.replaceAll('~\r\n', '\n').replace('~', '\n').replaceAll('*', '|')
    assert.deepEqual(transactions(lines.replaceAll('~', '\n')), [expected])
    const short = request.replaceAll(/ {2,}/g, '')
    assert.deepEqual(transactions(short), [expected])
  })

  test('may be one of several, in several interchanges', () => {
    const second = request.replaceAll('000000042', '000000043').replaceAll('RMA-77', 'RMA-78')
    const sets = transactions(`${request}\n${second}\n`)
    assert.deepEqual(
      sets.map((set) => (set['interchange'] as Record<string, string>)['controlNumber']),
      ['000000042', '000000043'],
    )
  })

  const trailers = 'the count or control number of SE does not fit: is something missing?'

  test('of which a segment is missing is refused, unless counts are not to be checked', () => {
    const cut = request.replace('N9*SE*SN-2~\r\n', '')
    assert.deepEqual(problem(cut, x12), { message: trailers, line: 19 })
    assert.equal(transactions(cut, { checkCounts: false }).length, 1)
  })

  // biome-ignore format: a table
  const refused: [string, string, RegExp][] = [
    ['is empty', '\n', /is empty/],
    ['is cut off in a segment', request.slice(0, -4), /not terminated/],
    ['is cut off between segments', request.slice(0, request.indexOf('GE*')), /before its IEA/],
    ['begins with something else', 'UNA:+.? UNB+UNOC', /does not begin/],
    ['has a damaged ISA', isa.slice(0, 60), /damaged/],
    ['has a control number that does not fit', request.replace('IEA*1*000000042', 'IEA*1*42'), /of IEA/],
    ['has a segment outside of an envelope', `${isa}ST*180*1~`, /ST is not expected/],
    ['has an interchange inside of one', isa + isa, /ISA is not expected/],
    ['has a segment without a tag', `${isa}${gs}*1~`, /no tag/],
    ['has 100 elements in a segment', `${isa}${gs}ST*180*1~N9${'*1'.repeat(100)}~`, /too many elements/],
    ['has 100 components in an element', `${isa}${gs}ST*180*1~N9*${'a>'.repeat(100)}~`, /99 parts/],
  ]
  for (const [name, text, message] of refused) {
    test(`that ${name} is refused`, () => {
      assert.match(problem(text, x12).message, message)
    })
  }

  test('whose loops contain one another is refused', () => {
    const nested = `${isa}${gs}ST*180*1~${'N9*a~'.repeat(20)}SE*22*1~GE*1*7~IEA*1*000000042~`
    assert.match(problem(nested, { ...x12, loops: { N9: ['N9'] } }).message, /contain one another/)
  })
})
