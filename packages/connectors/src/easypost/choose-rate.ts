import { TerminalError } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import type { Rate, Shipment } from './shapes.ts'

/**
 * The rate to buy: of the first carrier or service that is preferred and offered, else the cheapest of all. With
 * preferences, what is not among them is never bought.
 *
 * @throws {TerminalError} NO_RATE, with the carriers that would not have the parcel.
 */
export function chooseRate({ rates, messages }: Shipment, services: readonly string[]): Rate {
  const cheapestFirst = rates.toSorted((a, b) => new Big(a.rate).cmp(b.rate))
  const wanted = services.length === 0 ? [''] : services
  for (const name of wanted) {
    const [found] = cheapestFirst.filter((rate) => isOf(rate, name))
    if (found) return found
  }
  const said = [...new Set(messages?.map(({ carrier, type }) => `${carrier} ${type}`.trim()))]
  const why = said.length === 0 ? 'no carrier of the configuration offers a rate' : said.join(', ')
  throw new TerminalError({ code: 'NO_RATE', reason: why, exception: 'LG01' })
}

function isOf({ carrier, service }: Rate, name: string): boolean {
  return name === '' || name === carrier || name === `${carrier}:${service}`
}
