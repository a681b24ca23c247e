import { Big } from 'big.js'
import { z } from 'zod'

/** What a return usually weighs and measures: nobody knows before it is packed, and a label needs a number. */
export const parcelSize = z.object({
  grams: z.int().min(1).max(70_000),
  lengthMm: z.int().min(1).max(2_700),
  widthMm: z.int().min(1).max(2_700),
  heightMm: z.int().min(1).max(2_700),
})

const gramsPerOunce = '28.349523125'
const millimetersPerInch = '25.4'

/** Ounces with one decimal, rounded up: a parcel that is heavier than its label costs a surcharge. */
export function ounces(grams: number): string {
  return new Big(grams).div(gramsPerOunce).round(1, Big.roundUp).toString()
}

/** Pounds with one decimal, rounded up, and at least a tenth. */
export function pounds(grams: number): string {
  return new Big(grams).div(gramsPerOunce).div(16).round(1, Big.roundUp).toString()
}

/** Inches with one decimal, rounded up. */
export function inches(millimeters: number): string {
  return new Big(millimeters).div(millimetersPerInch).round(1, Big.roundUp).toString()
}
