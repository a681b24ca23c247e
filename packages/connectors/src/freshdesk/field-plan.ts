import { headlines, reasonCodes, resolutions } from '@backhaul/sdk/canonical'
import type { FieldName } from './config.ts'

interface PlannedField {
  readonly name: FieldName
  readonly label: string
  readonly type: 'custom_text' | 'custom_number' | 'custom_dropdown'
  readonly choices?: readonly string[]
}

/** A code as people read it: `defective_consumer` is "Defective consumer". */
export function labelOf(code: string): string {
  const words = code.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The fields that the set-up makes. Freshdesk names a field after its label. */
export const fieldPlan: readonly PlannedField[] = [
  { name: 'caseNo', label: 'Return case', type: 'custom_text' },
  {
    name: 'status',
    label: 'Return status',
    type: 'custom_dropdown',
    choices: headlines.map(labelOf),
  },
  { name: 'sentence', label: 'Return in a sentence', type: 'custom_text' },
  {
    name: 'action',
    label: 'Return action',
    type: 'custom_dropdown',
    choices: ['Start return', 'Cancel return'],
  },
  { name: 'order', label: 'Return order number', type: 'custom_text' },
  { name: 'sku', label: 'Return SKU', type: 'custom_text' },
  { name: 'quantity', label: 'Return quantity', type: 'custom_number' },
  {
    name: 'reason',
    label: 'Return reason',
    type: 'custom_dropdown',
    choices: Object.keys(reasonCodes).map(labelOf),
  },
  {
    name: 'resolution',
    label: 'Return resolution',
    type: 'custom_dropdown',
    choices: resolutions.map(labelOf),
  },
]
