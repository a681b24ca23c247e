import type { LinkOf } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import { documentModels } from './document-models.ts'
import { databaseIds } from './money/database-ids.ts'

/** Documents that people open and that presence is not asked about. */
const others: Readonly<Record<string, string>> = {
  send_back: 'stock.picking',
  receipt_reversal: 'stock.picking',
  vendor_return: 'stock.picking',
}

/** The form of a document by its database id. The web client of 17 to 19 knows this address. */
export const linkOf: LinkOf<Config> = ({ url }, { type, value }) => {
  const model = documentModels[type] ?? others[type]
  const [id] = databaseIds(value)
  if (model === undefined || id === undefined) return null
  return new URL(`/web#id=${id}&model=${model}&view_type=form`, url).href
}
