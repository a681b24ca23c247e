import type { CommandType } from '@backhaul/sdk/canonical'
import type {
  Delivered,
  Delivery,
  DeliveryDefinition,
  GuardedResponse,
} from '@backhaul/sdk/connector'
import type { z } from 'zod'
import { type Call, callWarehouse } from './call.ts'
import type { Config } from './config.ts'
import {
  type canceledLines,
  type expectedReturn,
  type inspectionOrder,
  type sendBackOrder,
  taken,
} from './contract.ts'

/** A command's request without what every one has. The path is named by us, so that a repeat changes nothing. */
type Written<T extends CommandType> = (
  delivery: Delivery<Config, T>,
) => Pick<Call, 'method' | 'path' | 'body'>

function written<T extends CommandType>(write: Written<T>): DeliveryDefinition<Config, T> {
  return {
    idempotency: { kind: 'upsert' },
    async deliver(delivery) {
      const call = { ...write(delivery), key: delivery.idempotencyKey }
      return readTaken(await callWarehouse(delivery, call))
    },
  }
}

/** The status has said that it was taken. An answer that breaks off or says nonsense takes nothing back. */
async function readTaken(response: GuardedResponse): Promise<Delivered> {
  const parsed = taken.safeParse(await response.json().catch(() => null))
  const id = parsed.success ? parsed.data.id : undefined
  return id === undefined ? {} : { externalId: id }
}

/**
 * `PUT /returns/{caseNo}`: expect these goods. What is not named stays as it is.
 *
 * @returns the name of the return over there as reference `return`, by which its events find the case as well.
 */
const expectation = written<'receipt.expect'>(
  ({ command: { body, caseNo, caseVersion }, config }) => {
    const { about, trackings, lines } = body
    const warehouse = body.warehouse ?? about?.warehouse
    const expected: z.input<typeof expectedReturn> = {
      caseNo,
      version: caseVersion,
      ...(warehouse === undefined ? {} : { warehouse: config.warehouses[warehouse] ?? warehouse }),
      ...(about === undefined ? {} : { company: about.company, orderRefs: about.orderRefs }),
      ...(about?.rmaNo === undefined ? {} : { rmaNo: about.rmaNo }),
      ...(trackings === undefined ? {} : { trackings }),
      lines: lines.map(lineOf),
    }
    return { method: 'PUT', path: ['returns', caseNo], body: expected }
  },
)

export const expectReceipt: DeliveryDefinition<Config, 'receipt.expect'> = {
  ...expectation,
  async deliver(delivery) {
    const delivered = await expectation.deliver(delivery)
    const { externalId } = delivered
    return externalId === undefined
      ? delivered
      : { externalId, refs: [{ type: 'return', value: externalId }] }
  },
}

/** `POST /returns/{caseNo}/cancel`: nothing more of these lines is expected. */
export const cancelReceipt = written<'receipt.cancel'>(({ command }) => {
  const { body, caseNo, caseVersion: version } = command
  const canceled: z.input<typeof canceledLines> = { version, lineNos: body.lineNos }
  return { method: 'POST', path: ['returns', caseNo, 'cancel'], body: canceled }
})

/** `PUT /returns/{caseNo}/inspections/{key}`: what has come shall be inspected. */
export const requestInspection = written<'inspection.request'>(({ command, idempotencyKey }) => {
  const { body, caseNo, caseVersion: version } = command
  const order: z.input<typeof inspectionOrder> = { version, lines: body.lines.map(lineOf) }
  return { method: 'PUT', path: ['returns', caseNo, 'inspections', idempotencyKey], body: order }
})

/** `PUT /returns/{caseNo}/send-backs/{fulfillmentId}`: these units go back to the customer. */
export const sendBack = written<'goods.send_back'>(({ command }) => {
  const { body, caseNo, caseVersion: version } = command
  const { about, fulfillmentId, lines } = body
  const order: z.input<typeof sendBackOrder> = {
    version,
    ...(about === undefined ? {} : { orderRefs: about.orderRefs }),
    lines: lines.map(lineOf),
  }
  return { method: 'PUT', path: ['returns', caseNo, 'send-backs', fulfillmentId], body: order }
})

type Line = Delivery<Config, 'inspection.request'>['command']['body']['lines'][number]

function lineOf({ invoiceLine: _ofTheBooks, ...line }: Line): Omit<Line, 'invoiceLine'> {
  return line
}
