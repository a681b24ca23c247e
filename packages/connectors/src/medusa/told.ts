import type { CommandBody } from '@backhaul/sdk/canonical'

export type Told = CommandBody<'channel.update'>
export type ToldLine = NonNullable<Told['lines']>[number]

/** Nothing of these came in, or it stays with the customer. */
const notHere: ReadonlySet<string> = new Set(['missing', 'keep_by_customer'])

export interface Booked {
  /** Restocked. */
  readonly received: number
  /** Taken in, and not restocked. */
  readonly dismissed: number
}

/** What of a line shall be booked in over there, in all; whole units, as the shop counts. */
export function bookedIn(
  { received, dispositions = [] }: ToldLine,
  {
    receive,
    restocks,
  }: {
    readonly receive: 'disposition' | 'receipt' | 'never'
    readonly restocks: readonly string[]
  },
): Booked {
  if (receive === 'never') return { received: 0, dismissed: 0 }
  const sum = (isMeant: (code: string) => boolean) =>
    dispositions
      .filter(({ code }) => isMeant(code))
      .reduce((total, { quantity }) => total + whole(quantity), 0)
  const dismissed = sum((code) => !restocks.includes(code) && !notHere.has(code))
  if (receive === 'disposition') {
    return { received: sum((code) => restocks.includes(code)), dismissed }
  }
  return { received: Math.max(0, whole(received) - dismissed), dismissed }
}

export function whole(quantity: string): number {
  return Math.floor(Number(quantity))
}
