import type { HeaderValues } from '../headers.ts'
import { type Refusal, refused } from './scheme.ts'

const maxHeaderLength = 4096

/**
 * The one value of a header that a signature depends on. A header sent twice is refused, whether it comes
 * as an array or joined: Node joins most repeated headers with a comma and a blank, which no signature,
 * id or timestamp contains.
 */
export function readHeader(headers: HeaderValues, name: string): { value: string } | Refusal {
  const raw = headers[name]
  if (raw === undefined) return refused('missing_header')
  if (typeof raw !== 'string' && raw.length > 1) return refused('duplicate_header')
  const value = typeof raw === 'string' ? raw : raw[0]
  if (value === undefined || value === '') return refused('missing_header')
  if (value.includes(', ')) return refused('duplicate_header')
  if (value.length > maxHeaderLength) return refused('malformed')
  return { value }
}
