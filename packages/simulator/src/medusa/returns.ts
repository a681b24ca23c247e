import {
  type Action,
  type Change,
  invalid,
  pendingOf,
  type ReturnItem,
  type ShopOrder,
  type ShopReturn,
  type ShopState,
} from './shop.ts'

export interface AskedItem {
  readonly id: string
  readonly quantity: number
  readonly reason_id?: string
  readonly internal_note?: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

function open(
  shop: ShopState,
  order: ShopOrder,
  change: Pick<Change, 'returnId' | 'type' | 'note'>,
) {
  if (pendingOf(order)) {
    throw invalid(`Order (${order.id}) already has an existing active order change`)
  }
  const made: Change = {
    ...change,
    id: shop.nextId('ordch'),
    status: 'pending',
    confirmedAt: null,
    actions: [],
  }
  order.changes.push(made)
}

/** An edit that somebody began in the pages of the shop. */
export function beginEdit(shop: ShopState, order: ShopOrder): void {
  open(shop, order, { returnId: null, type: 'edit', note: null })
}

function active(shop: ShopState, one: ShopReturn, type: Change['type']): Change {
  const change = pendingOf(shop.order(one.orderId))
  if (change?.returnId !== one.id || change.type !== type) {
    throw invalid('An active Order Change is required to proceed')
  }
  return change
}

/** A draft: the order does not change by it. */
export function createReturn(
  shop: ShopState,
  order: ShopOrder,
  asked: {
    readonly locationId: string | null
    readonly note: string | null
    readonly metadata: ShopReturn['metadata']
  },
): ShopReturn {
  const id = shop.nextId('return')
  open(shop, order, { returnId: id, type: 'return_request', note: asked.note })
  const made: ShopReturn = {
    id,
    displayId: shop.nextNo(),
    orderId: order.id,
    locationId: asked.locationId,
    status: 'open',
    metadata: asked.metadata,
    createdAt: shop.now(),
    updatedAt: shop.now(),
    requestedAt: null,
    canceledAt: null,
    items: [],
  }
  shop.returns.set(id, made)
  return made
}

function actionOf(action: Action['action'], asked: AskedItem): Action {
  const { id: item, quantity, reason_id: reason = null, metadata = null } = asked
  return { action, item, quantity, reason, metadata }
}

export function requestItems(shop: ShopState, one: ShopReturn, items: readonly AskedItem[]): void {
  const change = active(shop, one, 'return_request')
  const order = shop.order(one.orderId)
  for (const asked of items) {
    const bought = order.items.find(({ id }) => id === asked.id)
    if (!bought) throw invalid(`Could not find item ${asked.id}.`)
    const already = shop
      .returnsOf(order.id)
      .filter(({ status }) => status !== 'canceled')
      .flatMap((known) => known.items)
      .filter(({ item }) => item === asked.id)
      .reduce((sum, { quantity }) => sum + quantity, 0)
    const begun = change.actions.reduce(
      (sum, act) => sum + (act.item === asked.id ? act.quantity : 0),
      0,
    )
    if (already + begun + asked.quantity > bought.fulfilled) {
      throw invalid(
        `Cannot request to return more items than what was fulfilled for item ${asked.id}.`,
      )
    }
    change.actions.push(actionOf('RETURN_ITEM', asked))
  }
}

export function confirmRequest(shop: ShopState, one: ShopReturn): void {
  const change = active(shop, one, 'return_request')
  if (change.actions.length === 0) throw invalid('Order return request requires at least one item')
  for (const { item, quantity, reason, metadata } of change.actions) {
    const id = shop.nextId('retitem')
    one.items.push({ id, item, quantity, received: 0, damaged: 0, reason, note: null, metadata })
  }
  confirm(shop, change, one)
  one.status = 'requested'
  one.requestedAt = shop.now()
  one.updatedAt = shop.now()
  shop.onEvent('order.return_requested', one.id)
}

function confirm(shop: ShopState, change: Change, one: ShopReturn): void {
  change.status = 'confirmed'
  change.confirmedAt = shop.now()
  shop.bump(shop.order(one.orderId))
}

export function beginReceive(shop: ShopState, one: ShopReturn, note: string | null): void {
  if (one.status === 'canceled') throw invalid(`Return with id ${one.id} has been canceled.`)
  open(shop, shop.order(one.orderId), { returnId: one.id, type: 'return_receive', note })
}

export function receiveItems(
  shop: ShopState,
  one: ShopReturn,
  { items, action }: { readonly items: readonly AskedItem[]; readonly action: Action['action'] },
): void {
  const change = active(shop, one, 'return_receive')
  for (const asked of items) {
    const known = one.items.find(({ item }) => item === asked.id)
    const begun = change.actions.reduce(
      (sum, act) => sum + (act.item === asked.id ? act.quantity : 0),
      0,
    )
    if (!known || known.received + known.damaged + begun + asked.quantity > known.quantity) {
      const what = `for item ${asked.id}.`
      throw invalid(`Cannot receive more items than what was requested to be returned ${what}`)
    }
    change.actions.push(actionOf(action, asked))
  }
}

/**
 * What is dismissed does not count: such a return stays `partially_received`, and as its row stays the same, it is not
 * modified. The order is.
 */
export function confirmReceive(shop: ShopState, one: ShopReturn): void {
  const change = active(shop, one, 'return_receive')
  for (const { action, item, quantity } of change.actions) {
    const known = one.items.find((line) => line.item === item)
    if (known) book(shop, one, { known, action, quantity })
  }
  confirm(shop, change, one)
  const isAll = one.items.every(({ received, quantity }) => received >= quantity)
  const isSome = one.items.some(({ received, damaged }) => received + damaged > 0)
  const status = isAll ? 'received' : isSome ? 'partially_received' : one.status
  if (status !== one.status) {
    one.status = status
    one.updatedAt = shop.now()
  }
  shop.onEvent('order.return_received', one.id)
}

function book(
  shop: ShopState,
  one: ShopReturn,
  move: {
    readonly known: ReturnItem
    readonly action: Action['action']
    readonly quantity: number
  },
): void {
  const { known, action, quantity } = move
  if (action === 'RECEIVE_DAMAGED_RETURN_ITEM') {
    known.damaged += quantity
    return
  }
  known.received += quantity
  if (one.locationId === null) return
  const sku = shop.order(one.orderId).items.find(({ id }) => id === known.item)?.sku ?? ''
  shop.stock.set(sku, (shop.stock.get(sku) ?? 0) + quantity)
}

export function cancelReturn(shop: ShopState, one: ShopReturn): void {
  const order = shop.order(one.orderId)
  if (one.status === 'canceled') throw invalid(`Return with id ${one.id} has been canceled.`)
  if (pendingOf(order)) {
    throw invalid(`Order (${order.id}) already has an existing active order change`)
  }
  if (one.items.some(({ received, damaged }) => received + damaged > 0)) {
    throw invalid('Cannot cancel a return with received items')
  }
  one.status = 'canceled'
  one.canceledAt = shop.now()
  one.updatedAt = shop.now()
  shop.bump(order)
}

/** Of a draft nothing is left. */
export function dropRequest(shop: ShopState, one: ShopReturn): void {
  const change = active(shop, one, 'return_request')
  const { changes } = shop.order(one.orderId)
  changes.splice(changes.indexOf(change), 1)
  shop.returns.delete(one.id)
}

/** As a customer does in the shop: valid at once, with no time of a request, and no metadata. */
export function requestByCustomer(
  shop: ShopState,
  order: ShopOrder,
  items: readonly {
    readonly item: string
    readonly quantity: number
    reason?: string
    note?: string
  }[],
): ShopReturn {
  const id = shop.nextId('return')
  const made: ShopReturn = {
    id,
    displayId: shop.nextNo(),
    orderId: order.id,
    locationId: null,
    status: 'requested',
    metadata: null,
    createdAt: shop.now(),
    updatedAt: shop.now(),
    requestedAt: null,
    canceledAt: null,
    items: items.map(({ item, quantity, reason = null, note = null }) => ({
      id: shop.nextId('retitem'),
      item,
      quantity,
      received: 0,
      damaged: 0,
      reason,
      note,
      metadata: null,
    })),
  }
  shop.returns.set(id, made)
  shop.bump(order)
  shop.onEvent('order.return_requested', id)
  return made
}
