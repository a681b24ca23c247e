import type { CommandBody } from '@backhaul/sdk/canonical'

/** What `channel.update` tells of a case. */
export type Told = CommandBody<'channel.update'>
export type ToldLine = NonNullable<Told['lines']>[number]
export type ToldParcel = NonNullable<Told['parcels']>[number]

/** Shops count whole units: what is left of one is not told. */
export function wholeUnits(quantity: string): number {
  return Math.max(Math.floor(Number(quantity)), 0)
}
