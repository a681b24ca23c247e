import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
} from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { addressOfWarehouse, senderAddress } from '../return-address.ts'
import { asLabelProblem, labelIssued, parcelReference } from '../return-label.ts'
import { inches, ounces } from '../return-parcel.ts'
import { carrierName } from './carrier-name.ts'
import { chooseRate } from './choose-rate.ts'
import type { Config } from './config.ts'
import type { Shipment } from './shapes.ts'
import { addQrCode, buyShipment, createShipment, findShipment } from './shipments.ts'

type Create = Delivery<Config, 'label.create'>

/**
 * Buys a return label: makes a shipment, which costs nothing, and buys it, which EasyPost does once for each. Every
 * attempt begins by looking for the shipment by its reference, so that a label whose answer was lost is found and
 * told of, and none is bought twice.
 *
 * @returns the shipment's id; refs `tracking` and `shipment`; the event `label.issued`.
 * @throws {TerminalError} ADDRESS_INCOMPLETE, RETURN_ADDRESS_MISSING, NO_RATE, or REQUEST_REJECTED with EasyPost's code.
 * @throws {UnknownOutcomeError} when an answer was lost.
 */
export const createLabel: DeliveryDefinition<Config, 'label.create'> = {
  // The reference names the shipment; finding it again tells the same label.
  idempotency: { kind: 'upsert' },
  deliver,
}

async function deliver(delivery: Create): Promise<Delivered> {
  const reference = parcelReference(delivery, delivery.config.referencePrefix)
  try {
    const known = await findShipment(delivery, reference)
    if (known?.postage_label) return await told(delivery, known)
    const shipment = known ?? (await createShipment(delivery, wanted(delivery, reference)))
    return await told(delivery, await purchase(delivery, shipment))
  } catch (error) {
    throw asLabelProblem(error)
  }
}

/** What was bought while its answer was on its way is refused a second time, and found. */
async function purchase(delivery: Create, { id, ...shipment }: Shipment): Promise<Shipment> {
  const rate = chooseRate({ id, ...shipment }, delivery.config.services)
  try {
    return await buyShipment(delivery, id, rate.id)
  } catch (error) {
    const isRefused = error instanceof TerminalError && error.code === 'REQUEST_REJECTED'
    const known = isRefused ? await findShipment(delivery, shipment.reference ?? id) : null
    if (known?.postage_label) return known
    throw error
  }
}

/** The addresses of a return stay those of the way out: EasyPost swaps them. */
function wanted({ config, command, contact }: Create, reference: string): object {
  const sender = senderAddress(contact)
  const { about } = command.body
  const home = addressOfWarehouse(config.returnAddresses, about?.warehouse)
  const { grams, lengthMm, widthMm, heightMm } = config.parcel
  const { carrierAccounts: accounts } = config
  return {
    is_return: true,
    reference,
    to_address: {
      name: sender.name,
      street1: sender.street,
      city: sender.city,
      state: sender.region,
      zip: sender.postalCode,
      country: sender.country,
      email: sender.email,
    },
    from_address: {
      name: home.name,
      company: home.company,
      street1: home.street,
      street2: home.street2,
      city: home.city,
      state: home.region,
      zip: home.postalCode,
      country: home.country,
      phone: home.phone,
      email: home.email,
    },
    parcel: {
      length: Number(inches(lengthMm)),
      width: Number(inches(widthMm)),
      height: Number(inches(heightMm)),
      weight: Number(ounces(grams)),
    },
    options: {
      label_format: config.labelFormat,
      print_custom_1: about?.rmaNo ?? command.caseNo,
    },
    ...(accounts.length === 0 ? {} : { carrier_accounts: accounts }),
  }
}

async function told(delivery: Create, bought: Shipment): Promise<Delivered> {
  const { selected_rate: rate, tracking_code: tracking, postage_label: label } = bought
  if (!rate || !tracking || !label) {
    throw new TerminalError({ code: 'LABEL_INCOMPLETE', reason: `shipment ${bought.id}` })
  }
  const qrUrl = await qrCodeOf(delivery, bought)
  const issued = labelIssued(delivery, 'easypost', {
    carrier: carrierName(rate.carrier),
    service: rate.service,
    tracking,
    url: label.label_url,
    qrUrl,
    format: delivery.config.labelFormat.toLowerCase(),
    cost: { amount: new Big(rate.rate).toFixed(2), currency: rate.currency },
    madeAt: label.created_at ?? undefined,
  })
  const refs = [
    { type: 'tracking', value: tracking },
    { type: 'shipment', value: bought.id },
  ]
  return { externalId: bought.id, refs, events: [issued] }
}

/** The label is bought: that there is no code for it takes nothing back. */
async function qrCodeOf(delivery: Create, bought: Shipment): Promise<string | undefined> {
  if (!delivery.config.qrCode || bought.selected_rate?.carrier !== 'USPS') return undefined
  const known = urlOfCode(bought)
  if (known !== undefined) return known
  return addQrCode(delivery, bought.id).then(urlOfCode, () => undefined)
}

function urlOfCode({ forms }: Shipment): string | undefined {
  return forms?.find(({ form_type: type }) => type === 'label_qr_code')?.form_url ?? undefined
}
