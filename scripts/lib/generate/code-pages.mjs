import {
  adjustmentCodes,
  caseKinds,
  channels,
  claimBases,
  dispositionCodes,
  dockConditions,
  exceptionCodes,
  feeKinds,
  identifyingRefTypes,
  itemGrades,
  reasonCodes,
  resolutions,
  responseCodes,
  settlementMethods,
  settlementTriggers,
  vendorDispositionCodes,
} from '../../../packages/sdk/src/canonical/index.ts'
import { code, codes, page, table } from './markdown.mjs'

const lists = [
  { title: 'Channels', text: 'Where a return was asked for.', values: channels },
  { title: 'Kinds of case', text: 'What sort of return it is.', values: caseKinds },
  {
    title: 'Resolutions',
    text: 'What the customer asks for, and what was agreed.',
    values: resolutions,
  },
  {
    title: 'Settlement triggers',
    text: 'What has to happen before money may move.',
    values: settlementTriggers,
  },
  {
    title: 'Settlement methods',
    text: 'How the customer gets the money.',
    values: settlementMethods,
  },
  { title: 'Fees', text: 'What lowers a credit.', values: feeKinds },
  {
    title: 'Grades',
    text: 'The condition that inspection found, the best first.',
    values: itemGrades,
  },
  { title: 'Dock conditions', text: 'How goods looked when they came in.', values: dockConditions },
  { title: 'Claim bases', text: 'Why a supplier should pay.', values: claimBases },
  {
    title: 'Identifying references',
    text: 'Kinds of identifier that belong to one return only, so that an event which carries one finds its case.',
    values: identifyingRefTypes,
  },
]

export function codesPage() {
  return page('Codes', [
    'The code tables of the published language. X12 is the code of ANSI X12 where the standard has one.',
    '## Reasons',
    'Why goods come back (X12 element 1293), and who is at fault when nobody has said otherwise.',
    table(
      ['Code', 'Meaning', 'X12', 'Fault'],
      Object.entries(reasonCodes).map(([key, { title, x12, fault }]) => [
        code(key),
        title,
        x12,
        fault,
      ]),
    ),
    '## Responses',
    'What the seller answers, and what inspection found (X12 element 1294).',
    x12Table(responseCodes),
    '## Dispositions',
    'What happens to returned units: where they stand, what it means for the credit, what follows.',
    table(
      ['Code', 'Meaning', 'Stock', 'Money', 'Follows'],
      Object.entries(dispositionCodes).map(([key, { title, stock, money, followOn }]) =>
        [code(key), title, stock, money, followOn].map((text) => text.replaceAll(/^none$/g, '')),
      ),
    ),
    '## Vendor dispositions',
    'What a vendor says shall happen with goods (X12 element 1292).',
    x12Table(vendorDispositionCodes),
    '## Adjustments',
    'Why a credit or debit adjusts an invoice (X12 element 426, as in an 812).',
    x12Table(adjustmentCodes),
    ...lists.flatMap(({ title, text, values }) => [`## ${title}`, `${text} ${codes(values)}.`]),
  ])
}

function x12Table(entries) {
  return table(
    ['Code', 'Meaning', 'X12'],
    Object.entries(entries).map(([key, { title, x12 }]) => [code(key), title, x12]),
  )
}

const queues = {
  CS: 'customer service',
  RX: 'returns desk',
  QA: 'quality',
  FN: 'finance',
  LG: 'carriers',
  PU: 'purchasing',
  IT: 'integration',
  MD: 'master data',
  RK: 'risk',
}

export function exceptionsPage() {
  return page('Exceptions', [
    'What can be wrong with a return, who deals with it and by when. A blocking exception holds settlement and shows as the headline `exception_hold`.',
    `Queues: ${Object.entries(queues)
      .map(([key, title]) => `${code(key)} ${title}`)
      .join(', ')}.`,
    table(
      ['Code', 'What is wrong', 'Severity', 'Queue', 'Within', 'Resolved by'],
      Object.entries(exceptionCodes).map(([key, entry]) => [
        code(key),
        entry.title,
        entry.severity,
        entry.queue,
        duration(entry.slaMinutes),
        codes(entry.actions),
      ]),
    ),
  ])
}

function duration(minutes) {
  if (minutes === null) return ''
  if (minutes % 1440 === 0) return `${minutes / 1440} d`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`
}
