import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { refuse, type Shopify, userErrors } from '../client/shopify.ts'
import {
  approveMutation,
  attachShippingMutation,
  cancelReturnMutation,
  closeReturnMutation,
  createReturnMutation,
  declineMutation,
  disposeMutation,
  processReturnMutation,
  removeLinesMutation,
  reopenReturnMutation,
  updateShippingMutation,
} from '../documents/writes.ts'
import type { GoodsStep } from './goods-step.ts'
import type { Step } from './next-step.ts'
import { returnLinesOf } from './returnable.ts'
import type { Told } from './told.ts'

interface Place {
  readonly shopify: Shopify
  readonly caseNo: string
  readonly told: Told
  /** Null where there is none yet. */
  readonly returnId: string | null
  readonly orderId: string
}

/** A mutation has one field, and what that was refused with stands in it. */
const outcome = z.record(z.string(), z.looseObject({ userErrors }).nullable())

/**
 * Takes one step. None of them may be sent twice: the return is read before each.
 *
 * @throws {TerminalError} SHOPIFY_REFUSED with Shopify's own sentence.
 */
export async function takeStep(place: Place, step: Step): Promise<void> {
  const { shopify } = place
  const [mutation, variables, what] = await requestOf(place, step)
  const answer = await shopify.write(mutation, variables, outcome)
  for (const field of Object.values(answer)) refuse(field?.userErrors ?? [], what)
}

type Request = readonly [mutation: string, variables: Record<string, unknown>, what: string]

async function requestOf(place: Place, step: Step): Promise<Request> {
  if (step.do === 'create') return createRequest(place)
  const id = idOf(place)
  const notifyCustomer = place.shopify.config.notifyCustomer
  switch (step.do) {
    case 'approve': {
      // What is approved is not processed by that: since 2025-07 this happens when goods have come.
      const input = { id, notifyCustomer, unprocessed: true }
      return [approveMutation, { input }, 'to approve the return']
    }
    case 'decline': {
      const { reason: declineReason, note: declineNote } = step
      const input = { id, declineReason, declineNote, notifyCustomer }
      return [declineMutation, { input }, 'to decline the return']
    }
    case 'cancel':
      return [cancelReturnMutation, { id, notifyCustomer }, 'to cancel the return']
    case 'close':
      return [closeReturnMutation, { id }, 'to close the return']
    case 'reopen':
      return [reopenReturnMutation, { id }, 'to reopen the return']
    case 'remove': {
      const variables = { returnId: id, returnLineItems: step.lines }
      return [removeLinesMutation, variables, 'to take lines off the return']
    }
    default:
      return goodsRequest(place, step)
  }
}

function goodsRequest(place: Place, step: GoodsStep): Request {
  const notifyCustomer = place.shopify.config.notifyCustomer
  switch (step.do) {
    case 'process': {
      const input = { returnId: idOf(place), returnLineItems: step.lines, notifyCustomer }
      return [processReturnMutation, { input }, 'to process the return']
    }
    case 'dispose':
      return [disposeMutation, { dispositionInputs: step.inputs }, 'to dispose of the goods']
    case 'attach':
      return attachRequest(step, notifyCustomer)
  }
}

function attachRequest(
  step: Extract<GoodsStep, { do: 'attach' }>,
  notifyCustomer: boolean,
): Request {
  const { tracking, labelUrl } = step.parcel
  const shipping = {
    trackingInput: tracking === undefined ? null : { number: tracking },
    labelInput: labelUrl === undefined ? null : { fileUrl: labelUrl },
    notifyCustomer,
  }
  const what = 'the tracking number'
  if (step.deliveryId !== null) {
    return [updateShippingMutation, { reverseDeliveryId: step.deliveryId, ...shipping }, what]
  }
  const reverseDeliveryLineItems = step.lines
  const variables = { reverseFulfillmentOrderId: step.orderId, reverseDeliveryLineItems }
  return [attachShippingMutation, { ...variables, ...shipping }, what]
}

async function createRequest({ shopify, caseNo, told, orderId }: Place): Promise<Request> {
  const returnLineItems = await returnLinesOf(shopify, { caseNo, orderId, told })
  const { notifyCustomer } = shopify.config
  const returnInput = { orderId, returnLineItems, notifyCustomer, unprocessed: true }
  return [createReturnMutation, { returnInput }, 'to make the return']
}

function idOf({ returnId }: Place): string {
  if (returnId !== null) return returnId
  throw new TerminalError({ code: 'RETURN_NOT_FOUND', reason: 'The return is gone from the shop.' })
}
