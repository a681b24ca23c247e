const secondMs = 1_000

/** `485 ms`, and from a second on `3.6 s`. */
export function tookText(ms: number, language: string): string {
  const [value, unit] = ms < secondMs ? [Math.round(ms), 'ms'] : [ms / secondMs, 's']
  const format = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
  return `${format.format(value)} ${unit}`
}
