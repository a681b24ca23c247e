import { type Action, actionOf, type Config, declineReasonOf } from '../config.ts'
import { caseNoOf } from '../ids.ts'
import { type GoodsStep, goodsStep } from './goods-step.ts'
import { type Matched, matchLines } from './match-lines.ts'
import type { Handling, ShopReturn } from './shop-return.ts'
import { type Told, wholeUnits } from './told.ts'

/** One change of a return in Shopify. */
export type Step =
  | { readonly do: 'approve' }
  | { readonly do: 'decline'; readonly reason: string; readonly note: string }
  | { readonly do: 'create' }
  | { readonly do: 'cancel' }
  | { readonly do: 'close' }
  | { readonly do: 'reopen' }
  | { readonly do: 'remove'; readonly lines: readonly Removal[] }
  | GoodsStep

interface Removal {
  readonly returnLineItemId: string
  readonly quantity: number
}

export interface Stand {
  readonly config: Config
  readonly caseNo: string
  readonly told: Told
  readonly found: ShopReturn | null
  readonly handling: readonly Handling[]
}

/**
 * What is to be done first to bring the return in Shopify to where the case is; null when there is nothing. Reading
 * the return again and asking anew until then is all there is to an update, so that repeating one changes nothing.
 */
export function nextStep(stand: Stand): Step | null {
  const { config, told, found } = stand
  const action = actionOf(config, told.headline)
  if (action === 'none') return null
  switch (found?.status) {
    case undefined:
      return action === 'open' && mayCreate(stand) ? { do: 'create' } : null
    case 'DECLINED':
      return action === 'open' && isOwnDecline(stand) && mayCreate(stand) ? { do: 'create' } : null
    // Whoever canceled it over there has said so; what the case makes of that is for a person.
    case 'CANCELED':
      return null
    case 'REQUESTED':
      return onRequested(stand, action)
    case 'OPEN':
      return onOpen(stand, action)
    case 'CLOSED':
      return isWorkLeft(stand, action) ? { do: 'reopen' } : null
  }
}

function mayCreate({ config, told }: Stand): boolean {
  const { lines = [] } = told
  return config.createsReturns && lines.some(({ authorized }) => wholeUnits(authorized) > 0)
}

/** What the hub has declined may be appealed; what staff has declined is not made again behind its back. */
function isOwnDecline({ caseNo, found }: Stand): boolean {
  return caseNoOf(found?.decline?.note) === caseNo
}

/** A request can be approved or declined, and nothing else. */
function onRequested(stand: Stand, action: Action): Step {
  if (action === 'open' || action === 'close') return { do: 'approve' }
  const { config, told, caseNo } = stand
  // Our number in front says whose word it is, so that it does not come back as news.
  const text = told.customerText?.trim() ?? ''
  const note = (text === '' ? caseNo : `${caseNo}: ${text}`).slice(0, 500)
  return { do: 'decline', reason: declineReasonOf(config, told.response), note }
}

function onOpen(stand: Stand, action: Action): Step | null {
  const lines = matchedOf(stand)
  const isUntouched = lines.every(({ line }) => line.processedQuantity === 0)
  if (action === 'decline' || action === 'cancel') return isUntouched ? { do: 'cancel' } : null
  const isEmpty = lines.length > 0 && lines.every((one) => keptOf(one) === 0)
  if (action === 'close' && isEmpty && isUntouched) return { do: 'cancel' }
  const work = isEmpty ? null : workOf(stand, lines)
  if (work !== null) return work
  return action === 'close' ? { do: 'close' } : null
}

function isWorkLeft(stand: Stand, action: Action): boolean {
  if (action !== 'open' && action !== 'close') return false
  const work = workOf(stand, matchedOf(stand))
  return work !== null && work.do !== 'attach'
}

function matchedOf({ told, found }: Stand): Matched[] {
  return found === null ? [] : matchLines(told.lines ?? [], found)
}

function workOf(stand: Stand, lines: readonly Matched[]): Step | null {
  const removals = lines.flatMap(removalOf)
  if (removals.length > 0) return { do: 'remove', lines: removals }
  return goodsStep(stand, lines)
}

const ended: ReadonlySet<string> = new Set(['rejected', 'canceled', 'expired'])
const granted: ReadonlySet<string> = new Set(['approved', 'partially_approved'])

/** Units of a line that stay on the return: what was authorized, and of what was closed short only what came. */
function keptOf({ told, line }: Matched): number {
  if (ended.has(told.axes.authorization)) return 0
  const isGranted = granted.has(told.axes.authorization)
  const authorized = isGranted ? wholeUnits(told.authorized) : line.quantity
  const isShort = told.axes.receipt === 'closed_short'
  return Math.min(authorized, isShort ? wholeUnits(told.received) : authorized, line.quantity)
}

/** Units that are not to come back are the customer's again; those that are processed stay. */
function removalOf(matched: Matched): Removal[] {
  const { line } = matched
  const quantity = line.quantity - Math.max(keptOf(matched), line.processedQuantity)
  return quantity > 0 ? [{ returnLineItemId: line.id, quantity }] : []
}
