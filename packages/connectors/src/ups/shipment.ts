import { type Delivery, TerminalError } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import {
  addressOfWarehouse,
  type ReturnAddress,
  type SenderAddress,
  senderAddress,
} from '../return-address.ts'
import { inches, pounds } from '../return-parcel.ts'
import type { Config } from './config.ts'
import { referenceOf } from './find-label.ts'

/** Longest line of an address, and how many there may be. */
const lineLength = 35
const maxLines = 3

const imperial: ReadonlySet<string> = new Set(['US', 'PR'])

/** What UPS is asked for: a parcel from the customer to the warehouse, on our account. */
export function shipmentOf({
  config,
  command,
  contact,
}: Pick<Delivery<Config, 'label.create'>, 'config' | 'command' | 'contact'>): object {
  const sender = senderAddress(contact)
  const { about } = command.body
  const home = addressOfWarehouse(config.returnAddresses, about?.warehouse)
  const { accountNumber, serviceCode, returnService, description } = config
  const rma = (about?.rmaNo ?? command.caseNo).slice(0, lineLength)
  // UPS looks labels up by any reference; the second line is for people.
  const ReferenceNumber = [{ Value: referenceOf({ config, command }) }, { Value: rma }]
  const isImperial = imperial.has(sender.country) && imperial.has(home.country)
  return {
    ShipmentRequest: {
      Request: { RequestOption: 'nonvalidate' },
      Shipment: {
        Description: description,
        ReturnService: { Code: returnService },
        Shipper: { ...partyOf(home), ShipperNumber: accountNumber },
        ShipTo: partyOf(home),
        ShipFrom: customerOf(sender),
        PaymentInformation: {
          ShipmentCharge: [{ Type: '01', BillShipper: { AccountNumber: accountNumber } }],
        },
        Service: { Code: serviceCode },
        // UPS takes them on packages in the United States and Puerto Rico, on shipments elsewhere.
        ...(isImperial ? {} : { ReferenceNumber }),
        ShipmentServiceOptions: { LabelDelivery: { LabelLinksIndicator: '' } },
        Package: [
          {
            Description: description,
            Packaging: { Code: '02' },
            ...measuresOf(config, isImperial),
            ...(isImperial ? { ReferenceNumber } : {}),
          },
        ],
      },
      LabelSpecification: {
        LabelImageFormat: { Code: 'GIF' },
        LabelStockSize: { Height: '6', Width: '4' },
      },
    },
  }
}

function customerOf({ name, street, city, region, postalCode, country }: SenderAddress): object {
  const short = name.slice(0, lineLength)
  return {
    Name: short,
    AttentionName: short,
    Address: { ...addressOf({ city, region, postalCode, country }), AddressLine: linesOf(street) },
  }
}

function partyOf(home: ReturnAddress): object {
  const lines = [home.street, ...(home.street2 === undefined ? [] : [home.street2])]
  return {
    Name: (home.company ?? home.name).slice(0, lineLength),
    AttentionName: home.name.slice(0, lineLength),
    ...(home.phone === undefined ? {} : { Phone: { Number: home.phone.slice(0, 15) } }),
    Address: { ...addressOf(home), AddressLine: lines.flatMap(linesOf).slice(0, maxLines) },
  }
}

interface Place {
  readonly city: string
  readonly region?: string | undefined
  readonly postalCode?: string | undefined
  readonly country: string
}

function addressOf({ city, region, postalCode, country }: Place): object {
  return {
    City: city.slice(0, 30),
    StateProvinceCode: region,
    PostalCode: postalCode?.replaceAll(/[\s-]/g, ''),
    CountryCode: country,
  }
}

/** @throws {TerminalError} ADDRESS_TOO_LONG: a street that is cut is another street. */
function linesOf(street: string): string[] {
  const lines: string[] = []
  for (const word of street.split(/\s+/)) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`
    if (lines.length > 0 && longer.length <= lineLength) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  if (lines.length <= maxLines && lines.every(({ length }) => length <= lineLength)) return lines
  throw new TerminalError({
    code: 'ADDRESS_TOO_LONG',
    reason: `the street takes more than ${maxLines} lines of ${lineLength} signs`,
    exception: 'LG01',
  })
}

/** UPS takes inches and pounds in the United States, centimeters and kilograms elsewhere; lengths as whole numbers. */
function measuresOf({ parcel }: Config, isImperial: boolean): object {
  const { grams, lengthMm, widthMm, heightMm } = parcel
  const length = (mm: number) =>
    new Big(isImperial ? inches(mm) : mm)
      .div(isImperial ? 1 : 10)
      .round(0, Big.roundUp)
      .toString()
  const weight = isImperial ? pounds(grams) : new Big(grams).div(1_000).round(1, Big.roundUp)
  return {
    Dimensions: {
      UnitOfMeasurement: { Code: isImperial ? 'IN' : 'CM' },
      Length: length(lengthMm),
      Width: length(widthMm),
      Height: length(heightMm),
    },
    PackageWeight: {
      UnitOfMeasurement: { Code: isImperial ? 'LBS' : 'KGS' },
      Weight: weight.toString(),
    },
  }
}
