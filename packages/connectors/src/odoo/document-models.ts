/** Where the documents are that returns refer to by their database ids. */
export const documentModels: Readonly<Record<string, string>> = {
  return_transfer: 'stock.picking',
  credit_note: 'account.move',
  replacement_order: 'sale.order',
  repair_order: 'repair.order',
  supplier_claim: 'account.move',
}
