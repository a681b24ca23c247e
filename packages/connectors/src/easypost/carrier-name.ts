/** A carrier as the hub calls it, of EasyPost's name: USPS, UPSDAP. The mapping document makes the same of it. */
export function carrierName(name: string): string {
  return name.toLowerCase()
}
