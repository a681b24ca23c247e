import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  RetryableError,
  TerminalError,
} from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { addressOfWarehouse, type ReturnAddress, senderAddress } from '../return-address.ts'
import { asLabelProblem, labelIssued } from '../return-label.ts'
import { call } from './client.ts'
import type { Config } from './config.ts'
import { findLabel, referenceOf } from './labels.ts'
import { type Label, label } from './shapes.ts'

type Create = Delivery<Config, 'label.create'>

/**
 * Makes a return label. Every attempt begins by looking for it by its external shipment id, which is unique over
 * there: a label whose answer was lost is found and told of, and a second one is refused.
 *
 * @returns the label's id; refs `tracking` and `label`; the event `label.issued`.
 * @throws {RetryableError} LABEL_PROCESSING while it is being made.
 * @throws {TerminalError} ADDRESS_INCOMPLETE, RETURN_ADDRESS_MISSING, LABEL_FAILED, or REQUEST_REJECTED with the codes.
 * @throws {UnknownOutcomeError} when an answer was lost.
 */
export const createLabel: DeliveryDefinition<Config, 'label.create'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

async function deliver(delivery: Create): Promise<Delivered> {
  try {
    const known = await findLabel(delivery)
    return told(delivery, known ?? (await made(delivery)))
  } catch (error) {
    throw asLabelProblem(error)
  }
}

/** What was made while its answer was on its way is refused a second time, and found. */
async function made(delivery: Create): Promise<Label> {
  const body = wanted(delivery)
  try {
    return await call(delivery, { method: 'POST', path: '/labels', body, answer: label })
  } catch (error) {
    const isRefused = error instanceof TerminalError && error.code === 'REQUEST_REJECTED'
    const known = isRefused ? await findLabel(delivery) : null
    if (known) return known
    throw error
  }
}

function wanted({ config, command, contact }: Create): object {
  const sender = senderAddress(contact)
  const { about } = command.body
  const home = addressOfWarehouse(config.returnAddresses, about?.warehouse)
  const { grams, lengthMm, widthMm, heightMm } = config.parcel
  const rma = about?.rmaNo ?? command.caseNo
  return {
    shipment: {
      carrier_id: config.carrierId,
      service_code: config.serviceCode,
      external_shipment_id: referenceOf({ config, command }),
      ship_from: {
        name: sender.name,
        // Carriers call about a parcel: us, for we know what is in it.
        phone: home.phone,
        address_line1: sender.street,
        city_locality: sender.city,
        state_province: sender.region,
        postal_code: sender.postalCode,
        country_code: sender.country,
        address_residential_indicator: 'unknown',
      },
      ship_to: addressOf(home),
      packages: [
        {
          weight: { value: grams, unit: 'gram' },
          dimensions: {
            unit: 'centimeter',
            length: centimeters(lengthMm),
            width: centimeters(widthMm),
            height: centimeters(heightMm),
          },
          label_messages: { reference1: rma, reference2: null, reference3: null },
        },
      ],
    },
    is_return_label: true,
    rma_number: rma,
    charge_event: config.chargeEvent,
    label_format: config.qrCode ? 'png' : config.labelFormat,
    label_download_type: 'url',
    display_scheme: config.qrCode ? 'qr_code' : 'label',
  }
}

function addressOf(home: ReturnAddress): object {
  return {
    name: home.name,
    phone: home.phone,
    company_name: home.company,
    address_line1: home.street,
    address_line2: home.street2,
    city_locality: home.city,
    state_province: home.region,
    postal_code: home.postalCode,
    country_code: home.country,
    address_residential_indicator: 'no',
  }
}

function centimeters(millimeters: number): number {
  return Number(new Big(millimeters).div(10))
}

function told(delivery: Create, one: Label): Delivered {
  const { status, tracking_number: tracking, label_download: files } = one
  if (status === 'processing') throw new RetryableError({ code: 'LABEL_PROCESSING' })
  if (status !== 'completed' || one.voided || !tracking) {
    throw new TerminalError({ code: 'LABEL_FAILED', reason: `${one.label_id} is ${status}` })
  }
  const isCode = one.display_scheme === 'qr_code'
  const url = files?.href ?? files?.pdf ?? files?.png ?? files?.zpl ?? undefined
  const issued = labelIssued(delivery, 'shipengine', {
    carrier: one.carrier_code,
    service: one.service_code,
    tracking,
    url,
    qrUrl: isCode ? url : undefined,
    format: one.label_format ?? undefined,
    cost: {
      amount: new Big(one.shipment_cost.amount).toFixed(2),
      currency: one.shipment_cost.currency.toUpperCase(),
    },
    madeAt: one.created_at,
  })
  const refs = [
    { type: 'tracking', value: tracking },
    { type: 'label', value: one.label_id },
  ]
  return { externalId: one.label_id, refs, events: [issued] }
}
