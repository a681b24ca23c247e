/**
 * Code tables of the published language. Where ANSI X12 has a code for the same thing, it stands
 * beside ours (elements 1293 request reason, 1294 response reason, 1292 vendor disposition and 426
 * adjustment reason of transaction sets 180 and 812).
 */

/** Who is at fault for a reason when nobody has said otherwise; decides who pays freight and fees. */
export type Fault = 'customer' | 'seller' | 'carrier' | 'supplier' | 'none'

interface ReasonCode {
  readonly title: string
  /** X12 element 1293, or null where the standard has none. */
  readonly x12: string | null
  readonly fault: Fault
}

/** Why goods come back. */
export const reasonCodes = {
  ordering_error: { title: 'Ordering error', x12: 'CO', fault: 'customer' },
  color_variance: { title: 'Color variance', x12: 'CV', fault: 'seller' },
  defective_store_inspection: { title: 'Defective, store inspection', x12: 'DM', fault: 'seller' },
  defective_packaging: { title: 'Defective packaging', x12: 'DP', fault: 'seller' },
  defective_consumer: { title: 'Defective, returned by consumer', x12: 'DR', fault: 'seller' },
  excess_inventory: { title: 'Excess inventory', x12: 'EI', fault: 'customer' },
  end_of_season: { title: 'End of season', x12: 'EO', fault: 'customer' },
  excess_wear: { title: 'Excess wear', x12: 'EW', fault: 'customer' },
  label_problem: { title: 'Label problem', x12: 'LP', fault: 'seller' },
  not_as_expected: { title: 'Not as expected', x12: 'NA', fault: 'seller' },
  outdated_packaging: { title: 'Outdated packaging', x12: 'OP', fault: 'seller' },
  price_error: { title: 'Price error', x12: 'PE', fault: 'seller' },
  poor_fit: { title: 'Poor fit', x12: 'PF', fault: 'customer' },
  poor_workmanship: { title: 'Poor workmanship', x12: 'PW', fault: 'seller' },
  short_dated: { title: 'Short dated', x12: 'SD', fault: 'seller' },
  shipped_past_cancel_date: { title: 'Shipped past cancel date', x12: 'SP', fault: 'seller' },
  stock_reduction_agreement: { title: 'Stock reduction agreement', x12: 'SR', fault: 'none' },
  style_problem: { title: 'Style problem', x12: 'ST', fault: 'customer' },
  wrong_goods: { title: 'Wrong goods', x12: 'WG', fault: 'seller' },
  damaged_in_transit: { title: 'Damaged in transit', x12: null, fault: 'carrier' },
  missing_parts: { title: 'Missing parts', x12: null, fault: 'seller' },
  wrong_quantity_over: { title: 'Too many delivered', x12: null, fault: 'seller' },
  undeliverable_refused: { title: 'Undeliverable or refused', x12: null, fault: 'none' },
  warranty_failure: { title: 'Warranty failure', x12: null, fault: 'supplier' },
  recall: { title: 'Recall', x12: null, fault: 'supplier' },
  core: { title: 'Core return', x12: null, fault: 'none' },
  consignment_unsold: { title: 'Consignment, unsold', x12: null, fault: 'none' },
  loaner_end: { title: 'End of loan', x12: null, fault: 'none' },
  expired: { title: 'Expired', x12: null, fault: 'none' },
  no_longer_needed: { title: 'No longer needed', x12: null, fault: 'customer' },
  billing_only: { title: 'Billing only, no goods', x12: null, fault: 'seller' },
} as const satisfies Record<string, ReasonCode>
export type Reason = keyof typeof reasonCodes

/** What the seller answers to a request (X12 element 1294). */
export const responseCodes = {
  excess_wear: { title: 'Excess wear', x12: 'EW' },
  freight_damage: { title: 'Freight or retailer damage', x12: 'FR' },
  not_defective: { title: 'Not defective', x12: 'IN' },
  item_as_ordered: { title: 'Item as ordered', x12: 'IO' },
  more_information: { title: 'More information needed', x12: 'MI' },
  no_record_of_sale: { title: 'No record of sale', x12: 'NR' },
  out_of_season: { title: 'Out of season or discontinued', x12: 'OS' },
  price_difference: { title: 'Price difference', x12: 'PC' },
  picture_requested: { title: 'Picture requested', x12: 'PR' },
  quantity_difference: { title: 'Quantity difference', x12: 'QD' },
  repair_or_refurbish: { title: 'Repair or refurbish', x12: 'RR' },
  time_limit_exceeded: { title: 'Time limit or warranty exceeded', x12: 'RT' },
  sample_requested: { title: 'Sample requested', x12: 'SR' },
  unidentifiable_item: { title: 'Unidentifiable item', x12: 'UI' },
} as const
export type ResponseCode = keyof typeof responseCodes

/** What a vendor says shall happen with goods (X12 element 1292). */
export const vendorDispositionCodes = {
  consumer_to_vendor: { title: 'Consumer returns to vendor', x12: 'CR' },
  dispose: { title: 'Dispose', x12: 'DI' },
  keep_with_allowance: { title: 'Keep with allowance', x12: 'KA' },
  keep_and_repair: { title: 'Keep and repair', x12: 'KR' },
  manufacturer_warranty: { title: 'Manufacturer warranty', x12: 'MW' },
  partial: { title: 'Partial return', x12: 'PA' },
  authorized_with_number: { title: 'Return authorized, with number', x12: 'RA' },
  denied: { title: 'Return denied', x12: 'RD' },
  factory_repair: { title: 'Factory repair', x12: 'RF' },
  authorized_without_number: { title: 'Return authorized, without number', x12: 'RN' },
  pending: { title: 'Return pending', x12: 'RP' },
  third_party: { title: 'Return to third party', x12: 'RT' },
  charity: { title: 'Give to charity', x12: 'SC' },
  third_party_disposal: { title: 'Disposal by third party', x12: 'SD' },
} as const
export type VendorDisposition = keyof typeof vendorDispositionCodes

/** Why a credit or debit adjusts an invoice (X12 element 426, as used in an 812). */
export const adjustmentCodes = {
  price_error: { title: 'Pricing error', x12: '01' },
  not_accepted_damaged: { title: 'Goods not accepted, damaged', x12: '04' },
  not_accepted_quality: { title: 'Goods not accepted, quality', x12: '05' },
  quantity_contested: { title: 'Quantity contested', x12: '06' },
  incorrect_product: { title: 'Incorrect product', x12: '07' },
  return_damaged: { title: 'Return, damage', x12: '11' },
  return_quality: { title: 'Return, quality', x12: '12' },
  return_dating: { title: 'Return, dating', x12: '13' },
  return_promotion: { title: 'Return, promotion', x12: '14' },
  return_recall: { title: 'Return, recall', x12: '15' },
  duplicate_billing: { title: 'Duplicate billing', x12: '19' },
  incorrect_discount: { title: 'Incorrect discount', x12: '24' },
} as const
export type Adjustment = keyof typeof adjustmentCodes

interface DispositionCode {
  readonly title: string
  /** Where the units stand afterwards. */
  readonly stock: 'sellable' | 'second_grade' | 'blocked' | 'leaves' | 'none'
  /** What it means for the credit of the units. */
  readonly money: 'credit' | 'reduced_credit' | 'no_credit'
  /** What has to follow. */
  readonly followOn: 'none' | 'repair' | 'supplier_claim' | 'send_back' | 'identify' | 'core_credit'
}

/** What happens to returned units: a code with its stock action, money action and follow-on. */
// biome-ignore format: a table
export const dispositionCodes = {
  restock_a: { title: 'Restock as new', stock: 'sellable', money: 'credit', followOn: 'none' },
  restock_b: { title: 'Restock as second grade', stock: 'second_grade', money: 'credit', followOn: 'none' },
  quarantine: { title: 'Keep in quarantine', stock: 'blocked', money: 'credit', followOn: 'none' },
  refurbish: { title: 'Refurbish', stock: 'blocked', money: 'credit', followOn: 'repair' },
  repair_own: { title: 'Repair in house', stock: 'blocked', money: 'no_credit', followOn: 'repair' },
  repair_vendor: { title: 'Repair by vendor', stock: 'leaves', money: 'no_credit', followOn: 'repair' },
  rtv: { title: 'Return to vendor', stock: 'leaves', money: 'credit', followOn: 'supplier_claim' },
  core_bank: { title: 'Core bank', stock: 'blocked', money: 'credit', followOn: 'core_credit' },
  parts_harvest: { title: 'Harvest parts', stock: 'leaves', money: 'credit', followOn: 'none' },
  liquidate: { title: 'Liquidate', stock: 'leaves', money: 'credit', followOn: 'none' },
  donate: { title: 'Donate', stock: 'leaves', money: 'credit', followOn: 'none' },
  recycle: { title: 'Recycle', stock: 'leaves', money: 'credit', followOn: 'none' },
  scrap: { title: 'Scrap', stock: 'leaves', money: 'credit', followOn: 'none' },
  hazmat_disposal: { title: 'Dispose as hazardous', stock: 'leaves', money: 'credit', followOn: 'none' },
  send_back_to_customer: { title: 'Send back to customer', stock: 'leaves', money: 'no_credit', followOn: 'send_back' },
  exchange_only: { title: 'Exchange only', stock: 'sellable', money: 'no_credit', followOn: 'none' },
  keep_by_customer: { title: 'Customer keeps it', stock: 'none', money: 'reduced_credit', followOn: 'none' },
  missing: { title: 'Missing', stock: 'none', money: 'no_credit', followOn: 'none' },
  unidentified_hold: { title: 'Hold, unidentified', stock: 'blocked', money: 'no_credit', followOn: 'identify' },
} as const satisfies Record<string, DispositionCode>
export type Disposition = keyof typeof dispositionCodes

export const channels = [
  'support',
  'ecommerce',
  'marketplace',
  'account_mgmt',
  'field',
  'edi',
  'walk_in',
  'carrier_rts',
] as const
export type Channel = (typeof channels)[number]

export const caseKinds = [
  'standard',
  'warranty',
  'recall',
  'core_deposit',
  'consignment',
  'loaner',
  'refused_delivery',
  'advance_exchange',
  'credit_only',
  'blind',
  'supplier',
] as const
export type CaseKind = (typeof caseKinds)[number]

/** What the customer asks for, and what was agreed. */
export const resolutions = [
  'refund',
  'credit',
  'store_credit',
  'replacement',
  'exchange',
  'repair',
  'keep_with_allowance',
  'none',
] as const
export type Resolution = (typeof resolutions)[number]

/** What has to happen before money may move. */
export const settlementTriggers = [
  'on_approval',
  'on_first_scan',
  'on_receipt',
  'on_inspection',
] as const
export type SettlementTrigger = (typeof settlementTriggers)[number]

export const settlementMethods = [
  'credit_note',
  'cash_refund',
  'card_refund',
  'marketplace_refund',
  'store_credit',
  'apply_to_invoice',
  'exchange_offset',
  'debit_customer',
] as const
export type SettlementMethod = (typeof settlementMethods)[number]

/** Fees that lower a credit. Each carries its own tax; a fee without tax beside taxed goods is an error of sums. */
export const feeKinds = [
  'restocking',
  'return_label',
  'damage_deduction',
  'missing_parts',
  'core_shortfall',
] as const
export type FeeKind = (typeof feeKinds)[number]

export const itemGrades = ['A', 'B', 'C', 'D', 'F'] as const
export type ItemGrade = (typeof itemGrades)[number]

export const dockConditions = [
  'ok',
  'box_damaged',
  'item_damaged',
  'wet',
  'opened',
  'hazardous',
  'unknown',
] as const
export type DockCondition = (typeof dockConditions)[number]

export const claimBases = [
  'warranty',
  'dead_on_arrival',
  'damage',
  'recall',
  'overstock_agreement',
  'core_credit',
  'chargeback',
] as const
export type ClaimBasis = (typeof claimBases)[number]
