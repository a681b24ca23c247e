import type { CanonicalEvent } from '@backhaul/sdk/canonical'
import type { Delivery } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import { isGid, numberOf } from '../ids.ts'
import type { Step } from './next-step.ts'
import type { ShopReturn } from './shop-return.ts'

/** Names of the facts in the channel's document `return`. */
const facts: Readonly<Partial<Record<Step['do'], string>>> = {
  approve: 'approved',
  decline: 'rejected',
  cancel: 'canceled',
}

/**
 * What the poll is going to tell of a step that the hub itself has taken, under the same names: the case hears it now,
 * in its own words, and then as a repeat. Otherwise it would come back as an opinion of the shop, and where the shop's
 * word is not quite the case's (an expired return is canceled over there) as one that contradicts.
 */
export function echoesOf(
  { command, now }: Delivery<Config, 'channel.update'>,
  found: ShopReturn,
  steps: readonly Step[],
): CanonicalEvent[] {
  const { target, lines = [] } = command.body
  // The connection's own name is in the references that it has given.
  const source = target?.find(({ value }) => isGid('Return', value))?.system
  // Of one line, that it stands where it stands: a statement that agrees, and moves nothing.
  const [line] = lines
  if (source === undefined || line === undefined) return []
  const state = line.axes.authorization
  return steps.flatMap((step) => {
    const fact = factOf(step)
    if (fact === undefined) return []
    return {
      id: `return:${numberOf(found.id)}:${fact}`,
      source,
      type: 'status.reported' as const,
      subject: command.caseId,
      time: now.toISOString(),
      data: { axis: 'authorization' as const, state, lineNos: [line.lineNo] },
    }
  })
}

function factOf(step: Step): string | undefined {
  if (step.do === 'attach') return step.parcel.tracking && `parcel:${step.parcel.tracking}`
  return facts[step.do]
}
