import { axisLetters } from '@backhaul/sdk/canonical'
import { endClaim, findClaim } from '../claims.ts'
import { type Draft, refuse, repeat, type Verdict } from '../draft.ts'
import type { StampedEvent } from '../stamped-event.ts'

const ownsEverything = Object.values(axisLetters).join('')

/** How the draft takes an event; given by the caller, since a claim can be about any of them. */
export type Take = (draft: Draft, event: StampedEvent) => Verdict

/** `claim.accepted`: a person takes the word of a system that is not the owner, as if it were. */
export function acceptClaim(
  draft: Draft,
  { data, occurredAt }: Pick<StampedEvent<'claim.accepted'>, 'data' | 'occurredAt'>,
  take: Take,
): Verdict {
  const claim = findClaim(draft.state, data.claimId)
  if (!claim) return refuse('unknown_object', `no claim ${data.claimId}`)
  if (claim.status !== 'open' || claim.event === null)
    return repeat(`the claim is ${claim.status} already`)
  const accepting = draft.event
  const verdict = take(draft, {
    ...claim.event,
    id: accepting.id,
    occurredAt,
    owns: ownsEverything,
  })
  draft.event = accepting
  if (verdict?.outcome === 'refused') return verdict
  endClaim(draft, data.claimId, 'accepted')
  return null
}

/** `claim.rejected`: the owner was right. */
export function rejectClaim(
  draft: Draft,
  { data }: Pick<StampedEvent<'claim.rejected'>, 'data'>,
): Verdict {
  const claim = findClaim(draft.state, data.claimId)
  if (!claim) return refuse('unknown_object', `no claim ${data.claimId}`)
  if (claim.status !== 'open') return repeat(`the claim is ${claim.status} already`)
  endClaim(draft, data.claimId, 'rejected')
  return null
}
