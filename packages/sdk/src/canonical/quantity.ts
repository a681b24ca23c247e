import { Big } from 'big.js'
import { z } from 'zod'

/** A non-negative decimal string with at most 12 digits before and 6 after the point. */
export const decimalQuantity = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, 'a decimal string such as "3" or "0.25"')
  .meta({ id: 'DecimalQuantity', description: 'A quantity as a decimal string.', examples: ['3'] })

/** A quantity above zero. */
export const positiveQuantity = decimalQuantity.refine(
  (value) => /[1-9]/.test(value),
  'must be above zero',
)

/** A unit code: UN/ECE Recommendation 20 where it has one (`EA`, `KGM`), else the site's own. */
export const unitCode = z
  .string()
  .min(1)
  .max(16)
  .regex(/^[A-Za-z0-9_.-]+$/, 'a unit code such as EA')

/**
 * A quantity in the unit in which it was said, with how many base units one of these holds.
 * "Case of 24" is product data, not physics, so the ratio travels along.
 */
export const quantity = z
  .object({
    value: decimalQuantity,
    unit: unitCode,
    baseUnit: unitCode.optional().describe('Unit of the ledger; the same as `unit` when left out.'),
    baseRatio: positiveQuantity.optional().describe('Base units in one `unit`; 1 when left out.'),
  })
  .meta({
    id: 'Quantity',
    description: 'A decimal quantity with its unit and its ratio to the base unit.',
    examples: [{ value: '2', unit: 'CS', baseUnit: 'EA', baseRatio: '24' }],
  })
export type Quantity = z.infer<typeof quantity>

/** The quantity in base units, as a decimal string without trailing zeros. */
export function toBaseQuantity({ value, baseRatio }: Quantity): string {
  return new Big(value).times(baseRatio ?? '1').toFixed()
}
