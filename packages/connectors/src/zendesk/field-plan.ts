import { headlines, reasonCodes, resolutions } from '@backhaul/sdk/canonical'
import type { FieldName } from './config.ts'

/** Before the values of drop-downs: they are tags, which the whole account shares. */
const prefix = 'return_'

/** The value of the field `status` for a state. */
export function statusTag(headline: string): string {
  return `${prefix}state_${headline}`
}

interface PlannedField {
  readonly name: FieldName
  readonly title: string
  readonly type: 'text' | 'tagger' | 'integer' | 'regexp'
  readonly description: string
  readonly options?: readonly { readonly name: string; readonly value: string }[]
  readonly pattern?: string
}

/** Signs that would break the text of a webhook, into which Zendesk puts values as they are. */
const plainText = '\\A[^"\\\\\\r\\n\\t]{1,80}\\z'

const words = (code: string) => code.replaceAll('_', ' ')
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function options(kind: string, codes: readonly string[]) {
  return codes.map((code) => ({ name: capital(words(code)), value: `${prefix}${kind}_${code}` }))
}

/** The fields that the set-up makes. Agents find them by their titles, the connection by their ids. */
export const fieldPlan: readonly PlannedField[] = [
  { name: 'caseNo', title: 'Return case', type: 'text', description: 'Number of the return.' },
  {
    name: 'status',
    title: 'Return status',
    type: 'tagger',
    description: 'Where the return stands. Set by Backhaul.',
    options: headlines.map((headline) => ({
      name: capital(words(headline)),
      value: statusTag(headline),
    })),
  },
  {
    name: 'sentence',
    title: 'Return in a sentence',
    type: 'text',
    description: 'Where the return stands. Set by Backhaul.',
  },
  {
    name: 'action',
    title: 'Return action',
    type: 'tagger',
    description: 'Start or cancel a return. Fill in order, SKU, quantity and reason first.',
    options: [
      { name: 'Start return', value: `${prefix}start` },
      { name: 'Cancel return', value: `${prefix}cancel` },
    ],
  },
  {
    name: 'order',
    title: 'Return order number',
    type: 'regexp',
    description: 'Number of the order.',
    pattern: plainText,
  },
  {
    name: 'sku',
    title: 'Return SKU',
    type: 'regexp',
    description: 'What comes back.',
    pattern: plainText,
  },
  {
    name: 'quantity',
    title: 'Return quantity',
    type: 'integer',
    description: 'How many come back.',
  },
  {
    name: 'reason',
    title: 'Return reason',
    type: 'tagger',
    description: 'Why it comes back.',
    options: options('reason', Object.keys(reasonCodes)),
  },
  {
    name: 'resolution',
    title: 'Return resolution',
    type: 'tagger',
    description: 'What the customer wants for it.',
    options: options('resolution', resolutions),
  },
]
