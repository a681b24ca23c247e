/** What stands for personal data where it is not shown. */
export const masked = '[masked]'

/** Personal data in the data of events: the fields of a customer that tell who it is, and words meant for them. */
const personalFields: ReadonlySet<string> = new Set(['name', 'email', 'shipFrom', 'billTo'])

/**
 * An event's data for those who may not see the customer: what tells who the customer is says `[masked]`.
 * Ids stay, and so do the notes of those who work on the return.
 */
export function maskCustomer(data: unknown): unknown {
  if (!isObject(data)) return data
  const shown: Record<string, unknown> = { ...data }
  const { customer, customerText, lines } = data
  if (isObject(customer)) shown['customer'] = maskFields(customer)
  if (typeof customerText === 'string') shown['customerText'] = masked
  if (Array.isArray(lines)) shown['lines'] = lines.map(maskLine)
  return shown
}

function maskFields(customer: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(customer).map(([key, value]) => [key, personalFields.has(key) ? masked : value]),
  )
}

/** What customers wrote about a line, and the pictures they sent, may show who they are. */
function maskLine(line: unknown): unknown {
  if (!isObject(line)) return line
  const { reason, evidence } = line
  return {
    ...line,
    ...(isObject(reason) && reason['text'] !== undefined
      ? { reason: { ...reason, text: masked } }
      : {}),
    ...(evidence === undefined ? {} : { evidence: masked }),
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
