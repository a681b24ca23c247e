import { numberText } from '../functions/scalars.ts'
import type { Contract } from './contract.ts'

const numberPattern = /^-?\d{1,15}(\.\d{1,15})?$/

/**
 * How a scalar becomes what the contract wants: files know texts only, and many systems write their ids as
 * numbers. What does not fit stays, and the contract says so.
 */
export function coercionOf(contract: Contract | null): ((value: unknown) => unknown) | null {
  switch (contract?.kind) {
    case 'text':
      return (value) =>
        typeof value === 'number' && Number.isFinite(value) ? numberText(value) : value
    case 'number':
      return (value) =>
        typeof value === 'string' && numberPattern.test(value.trim()) ? Number(value) : value
    case 'boolean':
      return (value) => (value === 'true' ? true : value === 'false' ? false : value)
    case 'object':
    case 'list':
    case 'other':
    case undefined:
      return null
  }
}
