/** `99.5 %`; a dash where there was nothing to be counted. */
export function shareText(share: number | null, language: string): string {
  if (share === null) return '–'
  const format = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 })
  // Not all is not all.
  return format.format(share < 1 ? Math.min(share, 0.999) : share)
}
