/** Where carriers show a parcel to whoever knows its number. Names are compared by their beginning. */
const pages: readonly { readonly name: RegExp; readonly page: string }[] = [
  { name: /^dhl/i, page: 'https://www.dhl.com/en/home/tracking.html?tracking-id=' },
  { name: /^ups/i, page: 'https://www.ups.com/track?tracknum=' },
  { name: /^fedex/i, page: 'https://www.fedex.com/fedextrack/?trknbr=' },
  { name: /^dpd/i, page: 'https://tracking.dpd.de/status/en_US/parcel/' },
  { name: /^usps/i, page: 'https://tools.usps.com/go/TrackConfirmAction?tLabels=' },
  { name: /^royal ?mail/i, page: 'https://www.royalmail.com/track-your-item#/tracking-results/' },
]

/** The page of a carrier about a parcel; null for carriers that we do not know. */
export function trackingPage(carrier: string | null, tracking: string | null): string | null {
  if (carrier === null || tracking === null) return null
  const known = pages.find(({ name }) => name.test(carrier.trim()))
  return known === undefined ? null : `${known.page}${encodeURIComponent(tracking)}`
}
