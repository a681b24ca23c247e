/** What WCAG 2.2 asks of text that is not large (1.4.3). */
const least = 4.5

/** Whether white text can be read on a color such as `#1f4e79`. */
export function isReadableBehindWhite(color: string): boolean {
  return 1.05 / (luminance(color) + 0.05) >= least
}

/** Relative luminance as WCAG defines it, from 0 for black to 1 for white. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
