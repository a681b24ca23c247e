import { isDeepStrictEqual } from 'node:util'
import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  RetryableError,
  TerminalError,
} from '@backhaul/sdk/connector'
import { Shopify } from '../client/shopify.ts'
import { actionOf, type Config } from '../config.ts'
import { echoesOf } from './echoes.ts'
import { type Found, findReturn } from './find-return.ts'
import { nextStep, type Stand, type Step } from './next-step.ts'
import { readHandling } from './shop-return.ts'
import { takeStep } from './take-step.ts'
import type { Told } from './told.ts'

type Update = Delivery<Config, 'channel.update'>

/**
 * `channel.update`: brings the return in Shopify to where the case is. A request is approved or declined, a return
 * that began elsewhere made, units that are not to come back taken off, goods that have come processed and disposed
 * of, the return closed or canceled.
 *
 * Shopify knows no idempotency key for any of it, so each step is found by reading and taken at most once: after an
 * answer that never came, reading says whether it was.
 *
 * @returns the ids of the return and of its order.
 * @throws {TerminalError} SHOPIFY_REFUSED; ORDER_NOT_FOUND; ORDER_AMBIGUOUS; LINE_NOT_RETURNABLE; RETURN_TOO_LARGE.
 */
export const updateReturn: DeliveryDefinition<Config, 'channel.update'> = {
  deliver: update,
  idempotency: {
    kind: 'find_before_create',
    async readBack(delivery) {
      const { step, found } = await look(new Shopify(delivery), delivery)
      if (step !== null) return { state: 'absent' }
      return { state: 'applied', externalId: found.found?.id }
    },
  },
}

/** More than any return needs: approve, take off, attach, process, dispose, close. */
const maxSteps = 12

async function update(delivery: Update): Promise<Delivered> {
  const shopify = new Shopify(delivery)
  const { caseNo, body: told } = delivery.command
  const taken: Step[] = []
  for (let count = 0; count <= maxSteps; count += 1) {
    const { step, found } = await look(shopify, delivery)
    if (step === null) return delivered(delivery, found, taken)
    // Taken, and not to be seen yet: whatever reads it later goes on from there.
    if (isDeepStrictEqual(step, taken.at(-1))) break
    taken.push(step)
    const { orderId } = found
    if (orderId === null) throw notFound(told)
    await takeStep({ shopify, caseNo, told, returnId: found.found?.id ?? null, orderId }, step)
  }
  const reason = 'Shopify took a step, and the return does not show it yet.'
  throw new RetryableError({ code: 'NOT_APPLIED_YET', reason })
}

interface Look {
  readonly step: Step | null
  readonly found: Found
}

async function look(shopify: Shopify, { command, config }: Update): Promise<Look> {
  const { caseNo } = command
  const told = command.body
  const nothing = { step: null, found: { orderId: null, found: null } }
  if (actionOf(config, told.headline) === 'none') return nothing
  const orderRefs = told.about?.orderRefs ?? []
  const found = await findReturn(shopify, { caseNo, target: told.target, orderRefs })
  const isHandled = found.found?.status === 'OPEN' || found.found?.status === 'CLOSED'
  const handling =
    isHandled && found.found !== null ? await readHandling(shopify, found.found.id) : []
  const stand: Stand = { config, caseNo, told, found: found.found, handling }
  const step = nextStep(stand)
  if (step?.do === 'create' && found.orderId === null && orderRefs.length === 0) return nothing
  return { step, found }
}

function delivered(delivery: Update, { orderId, found }: Found, taken: readonly Step[]): Delivered {
  const id = found?.id
  return {
    externalId: id,
    refs: [
      ...(id === undefined ? [] : [{ type: 'return', value: id }]),
      ...(orderId === null ? [] : [{ type: 'order', value: orderId }]),
    ],
    events: found === null ? [] : echoesOf(delivery, found, taken),
  }
}

function notFound({ about }: Told): TerminalError {
  const names = about?.orderRefs.join(', ') ?? ''
  const reason = `The shop has no order ${names}.`
  return new TerminalError({ code: 'ORDER_NOT_FOUND', reason })
}
