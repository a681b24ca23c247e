import type { CaseState, LineState, ParcelState } from './case-state.ts'
import { type Draft, replaced } from './draft.ts'

interface ParcelName {
  readonly parcelId?: string | undefined
  readonly tracking?: string | undefined
}

/**
 * The parcel that a statement is about: by its id, by its tracking number, or else the newest that
 * brings goods back, one that is still underway before one that has arrived.
 */
export function findParcel(
  { parcels }: CaseState,
  { parcelId, tracking }: ParcelName,
): ParcelState | undefined {
  if (parcelId !== undefined) return parcels.find((parcel) => parcel.parcelId === parcelId)
  if (tracking !== undefined) return parcels.find((parcel) => parcel.tracking === tracking)
  const inbound = parcels.filter(
    ({ direction, status }) => direction === 'inbound' && status !== 'voided',
  )
  return inbound.findLast(({ status }) => status !== 'delivered') ?? inbound.at(-1)
}

/** A parcel that was never announced: the first we hear of it is a scan. */
export function unannouncedParcel({ parcels }: CaseState, name: ParcelName): ParcelState {
  return {
    parcelId: name.parcelId ?? name.tracking ?? `unannounced-${parcels.length + 1}`,
    direction: 'inbound',
    carrier: null,
    tracking: name.tracking ?? null,
    status: 'none',
    lines: null,
    isCounted: false,
  }
}

export function putParcel(draft: Draft, known: ParcelState | undefined, next: ParcelState): void {
  draft.state.parcels = replaced(draft.state.parcels, known, next)
}

/** The lines that a parcel carries; all of them when nobody said. */
export function linesIn(state: CaseState, { lines }: ParcelState): readonly LineState[] {
  if (lines === null) return state.lines
  return state.lines.filter(({ lineNo }) => lines.some((entry) => entry.lineNo === lineNo))
}

/** Plans the parcel that brings back lines for which a label is awaited. */
export function planInboundParcel(draft: Draft, lines: readonly LineState[]): void {
  const [first] = lines
  if (!first) return
  const base = `in-${first.lineNo}`
  const earlier = draft.state.parcels.filter(
    ({ parcelId }) => parcelId === base || parcelId.startsWith(`${base}.`),
  )
  putParcel(draft, undefined, {
    parcelId: earlier.length === 0 ? base : `${base}.${earlier.length + 1}`,
    direction: 'inbound',
    carrier: null,
    tracking: null,
    status: 'awaiting_label',
    lines: lines.map(({ lineNo, quantities }) => ({ lineNo, quantity: quantities.authorized })),
    isCounted: false,
  })
}
