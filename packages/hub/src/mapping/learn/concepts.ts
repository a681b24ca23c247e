import type { ValueShape } from './value-shape.ts'

/** What the values of a field say of a guess that was made by its name. */
export type Fit = 'proof' | 'fits' | 'against'

/** Something that canonical events tell, and how systems name it. */
export interface Concept {
  /** Whether it is said of a whole return, or of each of its lines. */
  readonly scope: 'header' | 'line'
  /** Lemmas that name it, `a|b` for either, with how sure they make. */
  readonly names: readonly (readonly [certainty: number, lemmas: string])[]
  readonly fits: (shape: ValueShape) => Fit
  /** How sure the values make by themselves; left out where they prove nothing. */
  readonly proof?: number
  /** How likely it is by the values where no name tells: never enough to be sure. */
  readonly likely?: (shape: ValueShape) => number
  /** What a field with this meaning does not stand in. */
  readonly never?: readonly string[]
  /** What a field may belong to besides what its names say, such as a language to a customer. */
  readonly of?: readonly string[]
}

const isShort =
  (most: number) =>
  (shape: ValueShape): Fit =>
    shape.longest > most || shape.time !== null || shape.isBoolean ? 'against' : 'fits'
const isName: Concept['fits'] = (shape) =>
  shape.isText && shape.time === null && !shape.isEmail && !shape.isUrl ? 'fits' : 'against'
const isId: Concept['fits'] = (shape) =>
  shape.longest > 100 ||
  shape.time?.hasOffset === false ||
  shape.point !== null ||
  shape.isBoolean ||
  shape.isUrl
    ? 'against'
    : 'fits'
const isNumber: Concept['fits'] = (shape) =>
  shape.isNumber && shape.longest <= 14 ? 'fits' : 'against'
const isTime: Concept['fits'] = ({ time }) => (time ? 'fits' : 'against')
/** Codes and words of which there are few. */
const isWord: Concept['fits'] = (shape) =>
  shape.distinct > 60 ||
  shape.longest > 80 ||
  shape.time !== null ||
  shape.point !== null ||
  shape.isEmail ||
  shape.isUrl
    ? 'against'
    : 'fits'
const isProse: Concept['fits'] = (shape) =>
  shape.time !== null || shape.isNumber || shape.isBoolean
    ? 'against'
    : shape.isProse
      ? 'proof'
      : 'fits'
const ofCustomer = ['customer', 'address', 'order', 'return']
const anId = 'number|id|ref|code'

/** In no particular order: which field is which is decided by how well all of them fit. */
export const concepts = {
  returnId: {
    scope: 'header',
    fits: isId,
    likely: (shape) =>
      shape.variety === 1 && shape.distinct >= 3 && !shape.isProse
        ? shape.isNumber
          ? 0.46
          : 0.48
        : 0,
    names: [
      [0.97, `return ${anId}`],
      [0.95, `return order ${anId}`],
      [0.9, `request ${anId}`],
      [0.85, `claim ${anId}`],
      [0.8, 'return'],
      [0.66, 'id'],
      [0.62, 'number'],
      [0.6, 'request'],
      [0.55, 'ref'],
    ],
  },
  ticket: {
    scope: 'header',
    fits: isId,
    names: [
      [0.95, `ticket ${anId}`],
      [0.9, 'ticket'],
    ],
  },
  orderId: {
    scope: 'header',
    fits: isId,
    names: [
      [0.97, `order ${anId}`],
      [0.88, 'order'],
      [0.6, `invoice ${anId}`],
    ],
  },
  customerId: {
    scope: 'header',
    fits: isId,
    names: [
      [0.97, `customer ${anId}`],
      [0.82, 'customer'],
    ],
  },
  customerName: {
    scope: 'header',
    of: ofCustomer,
    fits: isName,
    names: [
      [0.95, 'customer name'],
      [0.9, 'customer company'],
      [0.88, 'customer company name'],
      [0.82, 'address name'],
      [0.7, 'company name'],
      [0.6, 'name'],
    ],
  },
  email: {
    scope: 'header',
    of: ofCustomer,
    fits: ({ isEmail }) => (isEmail ? 'proof' : 'against'),
    proof: 0.85,
    names: [
      [0.95, 'email'],
      [0.9, 'customer email'],
    ],
  },
  language: {
    scope: 'header',
    of: ofCustomer,
    fits: ({ isLanguage }) => (isLanguage ? 'proof' : 'against'),
    names: [[0.9, 'language']],
  },
  street: {
    scope: 'header',
    of: ofCustomer,
    fits: isName,
    names: [
      [0.9, 'address street'],
      [0.85, 'street'],
    ],
  },
  city: {
    scope: 'header',
    of: ofCustomer,
    fits: isName,
    names: [
      [0.92, 'address city'],
      [0.87, 'city'],
    ],
  },
  postcode: {
    scope: 'header',
    of: ofCustomer,
    fits: isShort(12),
    names: [
      [0.92, 'address postcode'],
      [0.9, 'postcode'],
    ],
  },
  region: { scope: 'header', of: ofCustomer, fits: isName, names: [[0.85, 'region']] },
  country: {
    scope: 'header',
    of: ofCustomer,
    fits: ({ isCountry }) => (isCountry ? 'proof' : 'against'),
    names: [
      [0.92, 'address country'],
      [0.87, 'country'],
    ],
  },
  requestedAt: {
    scope: 'header',
    fits: isTime,
    names: [
      [0.95, 'return|request|claim date|time'],
      [0.93, 'return order date|time'],
      [0.95, 'created date|time|at'],
      [0.92, 'created'],
      [0.9, 'return|request created'],
      [0.75, 'date'],
      [0.72, 'time'],
      [0.6, 'at'],
    ],
  },
  happenedAt: {
    scope: 'header',
    fits: isTime,
    names: [
      [0.95, 'updated date|time|at'],
      [0.92, 'updated'],
      [0.93, 'status date|time|at'],
      [0.93, 'receipt|delivered|inspection|refund|tracking date|time|at'],
      [0.8, 'date'],
      [0.85, 'time'],
      [0.75, 'at'],
      [0.7, 'created'],
    ],
  },
  currency: {
    scope: 'header',
    fits: (shape) =>
      shape.isCurrency ? 'proof' : shape.longest <= 4 && !shape.isNumber ? 'fits' : 'against',
    proof: 0.85,
    names: [[0.95, 'currency']],
  },
  company: {
    scope: 'header',
    fits: isWord,
    never: ['customer', 'address', 'carrier', 'supplier'],
    names: [
      [0.88, 'company number|id|code'],
      [0.72, 'company'],
    ],
  },
  channel: { scope: 'header', fits: isWord, names: [[0.9, 'channel']] },
  warehouse: {
    scope: 'header',
    fits: isWord,
    names: [
      [0.92, `warehouse ${anId}`],
      [0.9, 'warehouse'],
      [0.7, 'warehouse name'],
    ],
  },
  note: {
    scope: 'header',
    fits: isProse,
    names: [
      [0.88, 'note'],
      [0.82, 'customer note'],
      [0.7, 'text'],
      [0.6, 'description'],
    ],
  },
  status: {
    scope: 'header',
    fits: isWord,
    names: [
      [0.95, 'return|shipment|tracking|order status'],
      [0.93, 'status'],
      [0.9, 'status code|text|name'],
    ],
  },
  tracking: {
    scope: 'header',
    fits: (shape) => (shape.isTracking ? 'proof' : isId(shape)),
    names: [
      [0.95, `tracking ${anId}`],
      [0.93, 'tracking'],
      [0.88, `shipment ${anId}`],
      [0.7, 'shipment'],
    ],
  },
  carrier: {
    scope: 'header',
    fits: isWord,
    names: [
      [0.93, 'carrier'],
      [0.9, `carrier ${anId}`],
      [0.88, 'carrier name'],
    ],
  },
  location: {
    scope: 'header',
    fits: isName,
    names: [
      [0.88, 'location'],
      [0.6, 'city'],
    ],
  },
  receiptId: {
    scope: 'header',
    fits: isId,
    names: [
      [0.95, `receipt ${anId}`],
      [0.8, 'receipt'],
      [0.6, 'id'],
    ],
  },
  inspectionId: {
    scope: 'header',
    fits: isId,
    names: [
      [0.95, `inspection ${anId}`],
      [0.8, 'inspection'],
      [0.55, 'id'],
    ],
  },
  refundId: {
    scope: 'header',
    fits: isId,
    names: [
      [0.95, `refund ${anId}`],
      [0.9, `credit ${anId}`],
      [0.85, `payment ${anId}`],
      [0.8, 'refund'],
      [0.55, 'id'],
    ],
  },
  amount: {
    scope: 'header',
    fits: isNumber,
    names: [
      [0.95, 'refund amount|total|value'],
      [0.9, 'return|credit amount|total'],
      [0.85, 'amount'],
      [0.8, 'total'],
      [0.6, 'refund'],
    ],
  },
  method: {
    scope: 'header',
    fits: isWord,
    names: [
      [0.9, 'refund|payment|credit method|kind'],
      [0.6, 'method'],
    ],
  },
  labelUrl: {
    scope: 'header',
    fits: ({ isUrl }) => (isUrl ? 'fits' : 'against'),
    names: [
      [0.95, 'label url'],
      [0.8, 'label'],
      [0.7, 'url'],
    ],
  },
  lineId: {
    scope: 'line',
    fits: isId,
    names: [
      [0.9, 'line number|id'],
      [0.85, 'product line number|id'],
      [0.85, 'line'],
      [0.6, `order line ${anId}`],
    ],
  },
  sku: {
    scope: 'line',
    fits: isId,
    names: [
      [0.98, 'sku'],
      [0.92, 'product sku'],
      [0.88, `product ${anId}`],
      [0.72, 'ref'],
      [0.6, 'product'],
      [0.5, 'id|code|number'],
    ],
  },
  supplierSku: {
    scope: 'line',
    fits: isId,
    names: [
      [0.9, `supplier product ${anId}`],
      [0.9, 'supplier sku'],
    ],
  },
  customerPartNo: {
    scope: 'line',
    fits: isId,
    names: [
      [0.92, `customer product ${anId}`],
      [0.9, 'customer sku'],
      [0.85, 'customer product'],
    ],
  },
  gtin: {
    scope: 'line',
    fits: ({ isGtin, isNumber: isDigits }) => (isGtin ? 'proof' : isDigits ? 'fits' : 'against'),
    proof: 0.82,
    names: [
      [0.97, 'gtin'],
      [0.9, 'product gtin'],
    ],
  },
  productName: {
    scope: 'line',
    fits: isName,
    names: [
      [0.93, 'product name'],
      [0.9, 'product description'],
      [0.88, 'product text'],
      [0.8, 'description'],
      [0.66, 'name'],
      [0.5, 'text'],
    ],
  },
  quantity: {
    scope: 'line',
    fits: (shape) => (shape.isNumber && shape.longest <= 10 ? 'fits' : 'against'),
    likely: (shape) => (shape.distinct <= 30 && shape.longest <= 4 ? 0.46 : 0),
    names: [
      [0.96, 'quantity'],
      [0.95, 'return quantity'],
      [0.9, 'product quantity'],
      [0.93, 'created|receipt quantity'],
      [0.8, 'quantity number|amount'],
      [0.82, 'unit'],
    ],
  },
  unit: {
    scope: 'line',
    fits: (shape) =>
      shape.isUnit ? 'proof' : shape.isNumber || shape.longest > 20 ? 'against' : 'fits',
    proof: 0.7,
    names: [
      [0.95, 'quantity unit'],
      [0.93, 'unit'],
      [0.92, 'unit code'],
      [0.75, 'quantity code'],
    ],
  },
  serial: {
    scope: 'line',
    fits: isId,
    names: [
      [0.95, `serial ${anId}`],
      [0.93, 'serial'],
    ],
  },
  lot: {
    scope: 'line',
    fits: isId,
    names: [
      [0.93, `lot ${anId}`],
      [0.9, 'lot'],
    ],
  },
  reason: {
    scope: 'line',
    fits: isWord,
    likely: (shape) =>
      shape.isText &&
      !shape.isUnit &&
      !shape.isCurrency &&
      !shape.isCountry &&
      shape.distinct >= 3 &&
      shape.variety < 0.5
        ? 0.47
        : 0,
    names: [
      [0.97, 'return reason code'],
      [0.96, 'reason code'],
      [0.94, 'return reason'],
      [0.93, 'reason'],
      [0.9, 'reason id|number|name'],
      [0.7, 'claim reason'],
      [0.6, 'reason text'],
    ],
  },
  reasonText: {
    scope: 'line',
    fits: isProse,
    names: [
      [0.95, 'reason text|note|description'],
      [0.9, 'return reason text|description'],
      [0.9, 'customer note'],
      [0.84, 'note'],
      [0.82, 'text'],
      [0.6, 'reason'],
    ],
  },
  resolution: {
    scope: 'line',
    fits: isWord,
    names: [
      [0.93, 'resolution'],
      [0.92, 'return|created resolution'],
      [0.85, 'refund method|kind'],
      [0.7, 'return kind'],
    ],
  },
  condition: {
    scope: 'line',
    fits: isWord,
    names: [
      [0.93, 'condition'],
      [0.92, 'product condition'],
    ],
  },
  grade: {
    scope: 'line',
    fits: isWord,
    names: [
      [0.93, 'grade'],
      [0.9, 'inspection grade'],
    ],
  },
  accepted: {
    scope: 'line',
    fits: isNumber,
    names: [
      [0.95, 'accepted quantity'],
      [0.9, 'accepted'],
    ],
  },
  rejected: {
    scope: 'line',
    fits: isNumber,
    names: [
      [0.95, 'rejected quantity'],
      [0.9, 'rejected'],
    ],
  },
  orderLine: {
    scope: 'line',
    fits: isId,
    names: [
      [0.95, `order line ${anId}`],
      [0.92, 'order line'],
      [0.9, `order product ${anId}`],
    ],
  },
  deliveredAt: {
    scope: 'line',
    fits: isTime,
    names: [
      [0.93, 'delivered date|time|at'],
      [0.9, 'delivered'],
    ],
  },
  photo: {
    scope: 'line',
    fits: ({ isUrl }) => (isUrl ? 'fits' : 'against'),
    names: [
      [0.93, 'photo url'],
      [0.9, 'photo'],
    ],
  },
} as const satisfies Record<string, Concept>

export type ConceptName = keyof typeof concepts
export const conceptNames = Object.keys(concepts) as readonly ConceptName[]
