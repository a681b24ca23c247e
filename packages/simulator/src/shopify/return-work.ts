import { invalidState, notFound, Refusal } from './refusal.ts'
import {
  findOrder,
  findReturn,
  gid,
  idIn,
  returnable,
  type ShopOrder,
  type ShopReturn,
  type ShopState,
} from './shop-state.ts'

/** A line as a request or a new return has it. */
interface AskedLine {
  readonly fulfillmentLineItemId: string
  readonly quantity: number
  readonly returnReason?: string
  readonly returnReasonNote?: string
  readonly customerNote?: string
}

interface Asked {
  readonly orderId: string
  readonly returnLineItems: readonly AskedLine[]
}

const maxNote = 255
const maxDeclineNote = 500

/** Makes a return, as often as it is told. */
export function makeReturn(
  state: ShopState,
  { orderId, returnLineItems }: Asked,
  status: 'REQUESTED' | 'OPEN',
): ShopReturn {
  const order = findOrder(state, orderId)
  if (order === undefined) throw notFound('Order')
  if (returnLineItems.length === 0) throw new Refusal('Return lines are blank.', { code: 'BLANK' })
  const lines = returnLineItems.map((line) => lineOf(state, order, line))
  const at = state.at()
  const made: ShopReturn = {
    id: state.nextId(),
    order,
    name: `${order.name}-R${order.returns.length + 1}`,
    status,
    createdAt: at,
    approvedAt: null,
    closedAt: null,
    decline: null,
    lines,
    work: null,
  }
  order.returns.push(made)
  if (status === 'OPEN') openWork(state, made)
  return made
}

function lineOf(state: ShopState, order: ShopOrder, asked: AskedLine): ShopReturn['lines'][number] {
  const id = idIn('FulfillmentLineItem', asked.fulfillmentLineItemId)
  const of = order.fulfillmentLines.find((one) => one.id === id)
  if (of === undefined) throw notFound('Fulfillment line item')
  const note = asked.returnReasonNote ?? ''
  if (note.length > maxNote) throw new Refusal('Note is too long.', { code: 'TOO_LONG' })
  if (asked.quantity < 1 || asked.quantity > returnable(order, of)) {
    throw new Refusal('Return line item has an invalid quantity.', { code: 'INVALID' })
  }
  return {
    id: state.nextId(),
    of,
    quantity: asked.quantity,
    processed: 0,
    refunded: 0,
    reason: asked.returnReason ?? 'UNKNOWN',
    note,
    customerNote: asked.customerNote ?? null,
  }
}

function openWork(state: ShopState, one: ShopReturn): void {
  const lines = one.lines.map(({ of, quantity }) => ({
    id: state.nextId(),
    of,
    total: quantity,
    dispositions: [],
  }))
  one.work = { id: state.nextId(), lines, deliveries: [] }
}

function mustFind(state: ShopState, id: unknown): ShopReturn {
  const found = findReturn(state, id)
  if (found === undefined) throw notFound('Return')
  return found
}

export function approve(state: ShopState, id: unknown): ShopReturn {
  const one = mustFind(state, id)
  if (one.status !== 'REQUESTED') throw invalidState('Return is not approvable.')
  one.status = 'OPEN'
  one.approvedAt = state.at()
  openWork(state, one)
  return one
}

export function decline(
  state: ShopState,
  {
    id,
    declineReason,
    declineNote,
  }: { id: string; declineReason: string; declineNote?: string | null },
): ShopReturn {
  const one = mustFind(state, id)
  if (one.status !== 'REQUESTED') throw invalidState('Return is not declinable.')
  if ((declineNote ?? '').length > maxDeclineNote) {
    throw new Refusal('Decline note is too long.', { code: 'TOO_LONG' })
  }
  one.status = 'DECLINED'
  one.decline = { reason: declineReason, note: declineNote ?? null }
  return one
}

/** Only before anything was done with it; a request is declined. */
export function cancel(state: ShopState, id: unknown): ShopReturn {
  const one = mustFind(state, id)
  const isTouched = one.lines.some(({ processed, refunded }) => processed + refunded > 0)
  if (one.status !== 'OPEN' || isTouched) throw invalidState('Return is not cancelable.')
  one.status = 'CANCELED'
  return one
}

export function close(state: ShopState, id: unknown): ShopReturn {
  const one = mustFind(state, id)
  if (one.status !== 'OPEN') throw invalidState('Return is not closable.')
  one.status = 'CLOSED'
  one.closedAt = state.at()
  return one
}

export function reopen(state: ShopState, id: unknown): ShopReturn {
  const one = mustFind(state, id)
  if (one.status !== 'CLOSED') throw invalidState('Return is not reopenable.')
  one.status = 'OPEN'
  one.closedAt = null
  return one
}

/** Takes units off an open return: they are the customer's again. */
export function removeLines(
  state: ShopState,
  {
    returnId,
    returnLineItems,
  }: {
    returnId: string
    returnLineItems?: readonly { returnLineItemId: string; quantity: number }[] | null
  },
): ShopReturn {
  const one = mustFind(state, returnId)
  if (one.status !== 'OPEN') throw invalidState('Return is not editable.')
  for (const { returnLineItemId, quantity } of returnLineItems ?? []) {
    const line = one.lines.find(({ id }) => gid('ReturnLineItem', id) === returnLineItemId)
    if (line === undefined) throw notFound('Return line item')
    if (quantity < 1 || quantity > line.quantity - line.processed) {
      throw new Refusal('Quantity is not removable.', { code: 'INVALID' })
    }
    line.quantity -= quantity
    const work = one.work?.lines.find(({ of }) => of === line.of)
    if (work !== undefined) work.total -= quantity
  }
  one.lines = one.lines.filter(({ quantity }) => quantity > 0)
  return one
}
