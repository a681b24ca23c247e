/** The group that the properties stand in. */
export const group = { name: 'backhaul_returns', label: 'Returns' } as const

interface Property {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly type: 'string' | 'enumeration'
  readonly fieldType: 'text' | 'textarea' | 'select'
  readonly hasUniqueValue?: true
  readonly options?: readonly { readonly label: string; readonly value: string }[]
}

const text = { type: 'string', fieldType: 'text' } as const
const choice = { type: 'enumeration', fieldType: 'select' } as const

/** What the hub writes, and what agents fill in, as properties of tickets. The unique one makes a ticket once. */
export const properties: readonly Property[] = [
  {
    name: 'return_case_id',
    label: 'Return case',
    description: "The hub's number of the return.",
    ...text,
    hasUniqueValue: true,
  },
  { name: 'return_state', label: 'Return state', description: 'Where it stands.', ...text },
  {
    name: 'return_status',
    label: 'Return status',
    description: 'Where it stands, in a sentence.',
    type: 'string',
    fieldType: 'textarea',
  },
  {
    name: 'return_told',
    label: 'Return version',
    description: 'What the ticket was told last; for the hub.',
    ...text,
  },
  {
    name: 'return_action',
    label: 'Return action',
    description: 'What shall happen.',
    ...choice,
    options: [
      { label: 'Ask for a return', value: 'start' },
      { label: 'The customer has answered', value: 'answered' },
      { label: 'Call the return off', value: 'cancel' },
    ],
  },
  { name: 'return_order', label: 'Return order', description: 'Number of the order.', ...text },
  { name: 'return_sku', label: 'Return SKU', description: 'SKU of the product.', ...text },
  { name: 'return_quantity', label: 'Return quantity', description: 'How many.', ...text },
  {
    name: 'return_reason',
    label: 'Return reason',
    description: 'Why.',
    ...choice,
    options: [
      'defective',
      'damaged in transit',
      'wrong item',
      'not as described',
      'missing parts',
      'ordered by mistake',
      'no longer needed',
    ].map((value) => ({ label: value, value })),
  },
]

/** What is read of a ticket. */
export const readProperties = [
  'hs_pipeline',
  'hs_pipeline_stage',
  ...properties.map(({ name }) => name),
].join(',')
