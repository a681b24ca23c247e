import {
  type Learned,
  numberText,
  putChannel,
  putConcept,
  putCurrency,
  putEach,
  putRefs,
  putTime,
  word,
} from './build-data.ts'
import { putInspectedLines, putReceivedLines, putRequestedLines } from './build-lines.ts'
import type { ConceptName } from './concepts.ts'
import type { DraftKey } from './draft.ts'
import type { LearnableType } from './guess-event.ts'
import type { SourceField } from './match-fields.ts'
import { splitStatus, statusEvents } from './status-events.ts'

type Build = (learned: Learned, event: readonly DraftKey[]) => void

/** How the events of each kind of message are written. `event` is where the first one goes. */
export const builders: Readonly<Record<LearnableType, Build>> = {
  'return.requested': buildRequest,
  'goods.received': buildReceipt,
  'inspection.completed': buildInspection,
  'parcel.in_transit': buildStatus,
  'status.reported': buildStatus,
  'refund.settled': buildRefund,
  'label.issued': buildLabel,
}

function buildRequest(learned: Learned, event: readonly DraftKey[]): void {
  const data = [...event, 'data']
  putEach(learned, event)
  putTime(learned, [...event, 'time'], ['requestedAt', 'happenedAt'])
  putWord(learned, [...data, 'company'], 'company')
  putChannel(learned, [...data, 'channel'])
  putConcept(learned, {
    path: [...data, 'sourceRef'],
    concept: 'returnId',
    otherwise: {
      text: 'message.id',
      question:
        "no field holds the return's own number: what names a request, the same for every repeat?",
      choices: choicesOf(learned, ['orderId', 'ticket']),
    },
  })
  const { draft } = learned
  if (surely(learned, 'ticket') && learned.connection !== null) {
    draft.put([...data, 'refs', 0, 'system'], `{ value: ${learned.connection} }`)
    draft.put([...data, 'refs', 0, 'type'], '{ value: ticket }')
    putConcept(learned, { path: [...data, 'refs', 0, 'value'], concept: 'ticket' })
  }
  putCustomer(learned, [...data, 'customer'])
  const orders = learned.lists.get('orderId')
  if (orders) draft.put([...data, 'orderRefs'], orders.path)
  else if (surely(learned, 'orderId')) {
    putConcept(learned, { path: [...data, 'orderRefs', 0], concept: 'orderId' })
  }
  putCurrency(learned, [...data, 'currency'])
  putWord(learned, [...data, 'warehouse'], 'warehouse')
  putConcept(learned, { path: [...data, 'note'], concept: 'note' })
  putRequestedLines(learned, data)
}

function putCustomer(learned: Learned, at: readonly DraftKey[]): void {
  const path = [...at, 'partyId']
  const otherwise = { text: '{ value: unknown }', question: 'no field says who the customer is' }
  const instead = (['email', 'customerName'] as const).find((one) => surely(learned, one))
  if (surely(learned, 'customerId') || !instead) {
    putConcept(learned, { path, concept: 'customerId', otherwise })
  } else {
    learned.draft.guess(path, {
      text: learned.matches.get(instead)?.field.path ?? otherwise.text,
      confidence: 0.6,
      question: 'no field holds a number of the customer: is this what names them?',
      choices: [...choicesOf(learned, ['customerId']), otherwise.text],
    })
  }
  putConcept(learned, { path: [...at, 'name'], concept: 'customerName' })
  putConcept(learned, { path: [...at, 'email'], concept: 'email' })
  const isShort = learned.matches.get('language')?.field.shape.longest === 2
  if (isShort) putConcept(learned, { path: [...at, 'language'], concept: 'language' })
  const parts = [
    ['street', 'street'],
    ['city', 'city'],
    ['postalCode', 'postcode'],
    ['region', 'region'],
    ['country', 'country'],
  ] as const
  for (const [name, concept] of parts) {
    putConcept(learned, { path: [...at, 'shipFrom', name], concept })
  }
}

function buildReceipt(learned: Learned, event: readonly DraftKey[]): void {
  const data = [...event, 'data']
  putEach(learned, event)
  putTime(learned, [...event, 'time'], ['happenedAt', 'requestedAt'])
  putRefs(learned, [...data, 'refs'])
  putConcept(learned, {
    path: [...data, 'receiptId'],
    concept: 'receiptId',
    otherwise: {
      text: 'message.id',
      question:
        'no field holds the number of the receipt: quantities add up over receipts with different numbers',
      choices: choicesOf(learned, ['returnId']),
    },
  })
  putWord(learned, [...data, 'warehouse'], 'warehouse')
  putConcept(learned, { path: [...data, 'tracking'], concept: 'tracking' })
  putReceivedLines(learned, data)
}

function buildInspection(learned: Learned, event: readonly DraftKey[]): void {
  const data = [...event, 'data']
  putEach(learned, event)
  putTime(learned, [...event, 'time'], ['happenedAt', 'requestedAt'])
  putRefs(learned, [...data, 'refs'])
  const otherwise = { text: 'message.id', question: 'no field holds the number of the inspection' }
  putConcept(learned, { path: [...data, 'inspectionId'], concept: 'inspectionId', otherwise })
  putInspectedLines(learned, data)
}

function buildRefund(learned: Learned, event: readonly DraftKey[]): void {
  const data = [...event, 'data']
  const { draft } = learned
  putEach(learned, event)
  putTime(learned, [...event, 'time'], ['happenedAt', 'requestedAt'])
  putRefs(learned, [...data, 'refs'])
  const otherwise = { text: 'message.id', question: 'no field holds the number of the refund' }
  putConcept(learned, { path: [...data, 'refundId'], concept: 'refundId', otherwise })
  putWord(learned, [...data, 'method'], 'method')
  const match = learned.matches.get('currency')
  const isKnown = match !== undefined && match.certainty >= sure
  if (!isKnown) {
    draft.guess(['constants', 'currency'], {
      text: 'EUR',
      confidence: 0.3,
      question: 'no field holds a currency: which one is it?',
      choices: ['EUR', 'USD', 'GBP', 'CHF'],
    })
  }
  const currency = isKnown ? match.field.path : 'constants.currency'
  putConcept(learned, {
    path: [...data, 'amount'],
    concept: 'amount',
    make: (field) => `money(${numberText(field)}, ${currency})`,
    otherwise: {
      text: `money("0", ${currency})`,
      question: 'no field holds the amount that was given back',
    },
  })
}

function buildLabel(learned: Learned, event: readonly DraftKey[]): void {
  const data = [...event, 'data']
  putEach(learned, event)
  putTime(learned, [...event, 'time'], ['happenedAt', 'requestedAt'])
  putRefs(learned, [...data, 'refs'])
  const parcel = [...data, 'parcel']
  const otherwise = { text: 'message.id', question: 'no field names the parcel' }
  putConcept(learned, { path: [...parcel, 'parcelId'], concept: 'tracking', otherwise })
  putConcept(learned, { path: [...parcel, 'tracking'], concept: 'tracking' })
  putWord(learned, [...parcel, 'carrier'], 'carrier')
  putConcept(learned, { path: [...data, 'label', 'url'], concept: 'labelUrl' })
}

/** One event for each canonical state that the words of the samples may mean, and the state itself for the rest. */
function buildStatus(learned: Learned, event: readonly DraftKey[]): void {
  const { draft } = learned
  const status = surely(learned, 'status')
  const [list = 'events', first = 0] = event
  if (!status) {
    buildParcel(learned, event)
    return
  }
  const call = word(learned, 'status', status)
  const types = statusEvents(status)
  let index = Number(first)
  for (const { state, type } of types) {
    const at = [list, index]
    draft.put([...at, 'type'], type)
    putEach(learned, at)
    draft.put([...at, 'when'], `${call} == "${state}"`)
    putStep(learned, at, type)
    index += 1
  }
  const at = [list, index]
  draft.put([...at, 'type'], 'status.reported')
  putEach(learned, at)
  const known = types.map(({ state }) => `"${state}"`).join(', ')
  if (known !== '') draft.put([...at, 'when'], `!(${call} in [${known}])`)
  putTime(learned, [...at, 'time'], ['happenedAt', 'requestedAt'])
  putRefs(learned, [...at, 'data', 'refs'])
  draft.put([...at, 'data', 'axis'], splitStatus(call, 0))
  draft.put([...at, 'data', 'state'], splitStatus(call, 1))
}

function putStep(learned: Learned, at: readonly DraftKey[], type: string): void {
  putTime(learned, [...at, 'time'], ['happenedAt', 'requestedAt'])
  putRefs(learned, [...at, 'data', 'refs'])
  if (type.startsWith('parcel.')) putParcel(learned, [...at, 'data'])
}

function putParcel(learned: Learned, data: readonly DraftKey[]): void {
  putConcept(learned, { path: [...data, 'tracking'], concept: 'tracking' })
  putWord(learned, [...data, 'carrier'], 'carrier')
  putConcept(learned, { path: [...data, 'location'], concept: 'location' })
}

function buildParcel(learned: Learned, event: readonly DraftKey[]): void {
  learned.draft.guess([...event, 'type'], {
    text: 'parcel.in_transit',
    confidence: 0.4,
    question: 'no field holds a status: what has happened when such a message comes?',
    choices: ['parcel.delivered', 'return.canceled', 'goods.expected'],
  })
  putEach(learned, event)
  putTime(learned, [...event, 'time'], ['happenedAt', 'requestedAt'])
  putRefs(learned, [...event, 'data', 'refs'])
  putParcel(learned, [...event, 'data'])
}

function putWord(
  learned: Learned,
  path: readonly DraftKey[],
  concept: 'company' | 'warehouse' | 'carrier' | 'method',
): void {
  putConcept(learned, { path, concept, make: (field) => word(learned, concept, field) })
}

const sure = 0.6

function surely(learned: Learned, concept: ConceptName): SourceField | null {
  const match = learned.matches.get(concept)
  return match && match.certainty >= sure ? match.field : null
}

function choicesOf(learned: Learned, wanted: readonly ConceptName[]): string[] {
  return wanted.flatMap((concept) => learned.matches.get(concept)?.field.path ?? [])
}
