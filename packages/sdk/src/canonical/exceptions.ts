import type { SystemRole } from './roles.ts'

/** Work queues of people: customer service, returns desk, quality, finance, carrier desk, purchasing, integration, master data, risk. */
export const exceptionQueues = ['CS', 'RX', 'QA', 'FN', 'LG', 'PU', 'IT', 'MD', 'RK'] as const
export type ExceptionQueue = (typeof exceptionQueues)[number]

export interface ExceptionCodeEntry {
  readonly title: string
  /** Blocking exceptions hold settlement and put the headline on `exception_hold`. */
  readonly severity: 'blocking' | 'warning' | 'info'
  readonly queue: ExceptionQueue
  /** Minutes until somebody should have dealt with it; null where nobody has to. */
  readonly slaMinutes: number | null
  readonly actions: readonly string[]
}

/** Everything that can be wrong with a return, with who deals with it and by when. */
// biome-ignore format: a table
export const exceptionCodes = {
  RX01: { title: 'Receipt without authorization', severity: 'blocking', queue: 'RX', slaMinutes: 480, actions: ['match', 'authorize_afterwards', 'refuse', 'hold'] },
  RX02: { title: 'Unknown or unreadable item', severity: 'blocking', queue: 'RX', slaMinutes: 1440, actions: ['identify', 'map_alias', 'ask_customer', 'hold'] },
  RX03: { title: 'More received than authorized', severity: 'blocking', queue: 'RX', slaMinutes: 1440, actions: ['extend_authorization', 'split_blind', 'send_back'] },
  RX04: { title: 'Less received than sent', severity: 'blocking', queue: 'RX', slaMinutes: 2880, actions: ['recount', 'carrier_claim', 'close_short', 'partial_credit'] },
  RX05: { title: 'Wrong item', severity: 'blocking', queue: 'RX', slaMinutes: 1440, actions: ['change_line', 'refuse', 'charge', 'flag_fraud'] },
  RX06: { title: 'Wrong serial or lot', severity: 'blocking', queue: 'QA', slaMinutes: 1440, actions: ['swap_line', 'refuse_credit', 'review'] },
  RX07: { title: 'Damaged in transit', severity: 'warning', queue: 'LG', slaMinutes: 1440, actions: ['carrier_claim', 'credit_per_policy'] },
  RX08: { title: 'Parts or accessories missing', severity: 'warning', queue: 'QA', slaMinutes: 1440, actions: ['deduct', 'request_parts', 'accept'] },
  RX09: { title: 'Received after the authorization expired', severity: 'warning', queue: 'CS', slaMinutes: 1440, actions: ['accept_with_fee', 'refuse'] },
  RX10: { title: 'Receipt reversed after credit', severity: 'blocking', queue: 'FN', slaMinutes: 240, actions: ['debit', 'receive_again'] },
  RX11: { title: 'Hazardous or contaminated', severity: 'blocking', queue: 'RX', slaMinutes: 120, actions: ['quarantine', 'certified_handler'] },
  QA01: { title: 'Inspection overdue', severity: 'warning', queue: 'QA', slaMinutes: 2880, actions: ['escalate', 'pass_low_value'] },
  QA02: { title: 'Inspection contradicts the reason', severity: 'warning', queue: 'CS', slaMinutes: 1440, actions: ['no_fault_fee', 'send_back', 'goodwill'] },
  QA03: { title: 'Systems disagree on the disposition', severity: 'blocking', queue: 'RX', slaMinutes: 1440, actions: ['authority_decides', 'supervisor'] },
  QA04: { title: 'Restocked before inspection', severity: 'blocking', queue: 'RX', slaMinutes: 240, actions: ['move_to_quarantine'] },
  FN01: { title: 'Refund amount differs from what was approved', severity: 'blocking', queue: 'FN', slaMinutes: 1440, actions: ['adjust_note', 'goodwill', 'recover'] },
  FN02: { title: 'Credited before the required receipt or inspection', severity: 'blocking', queue: 'FN', slaMinutes: 240, actions: ['hold_payout', 'mark_pre_refund', 'await_receipt'] },
  FN03: { title: 'Credited or refunded twice', severity: 'blocking', queue: 'FN', slaMinutes: 120, actions: ['reverse_one', 'block'] },
  FN04: { title: 'Credit above the cap', severity: 'blocking', queue: 'FN', slaMinutes: 120, actions: ['approve_goodwill', 'correct'] },
  FN05: { title: 'Payout failed', severity: 'warning', queue: 'FN', slaMinutes: 1440, actions: ['other_method', 'contact_customer'] },
  FN06: { title: 'Posted credit not settled', severity: 'warning', queue: 'FN', slaMinutes: 4320, actions: ['chase', 'reconcile'] },
  FN07: { title: 'Posting refused', severity: 'blocking', queue: 'FN', slaMinutes: 1440, actions: ['next_period', 'fix_tax', 'restart_step'] },
  FN08: { title: 'Uninvoiced return billed again', severity: 'warning', queue: 'FN', slaMinutes: 1440, actions: ['fix_order', 'stop_auto_invoice'] },
  FN09: { title: 'Marketplace refunded without a return', severity: 'warning', queue: 'CS', slaMinutes: 1440, actions: ['open_case', 'chase_goods'] },
  FN10: { title: 'Currency or rounding drift', severity: 'warning', queue: 'FN', slaMinutes: 2880, actions: ['adjust_within_tolerance'] },
  LG01: { title: 'Label failed', severity: 'warning', queue: 'LG', slaMinutes: 240, actions: ['other_carrier', 'drop_off_code'] },
  LG02: { title: 'Not shipped before expiry', severity: 'info', queue: 'CS', slaMinutes: null, actions: ['remind', 'extend', 'expire'] },
  LG03: { title: 'Too long in transit', severity: 'warning', queue: 'LG', slaMinutes: 2880, actions: ['trace', 'declare_lost', 'pre_approve_credit'] },
  LG04: { title: 'Lost, refused or returned to sender', severity: 'blocking', queue: 'LG', slaMinutes: 1440, actions: ['carrier_claim', 'credit', 'reship'] },
  LG05: { title: 'Delivered but not received', severity: 'warning', queue: 'RX', slaMinutes: 1440, actions: ['search_dock', 'check_wms'] },
  LG06: { title: 'Weight differs', severity: 'warning', queue: 'RK', slaMinutes: 1440, actions: ['open_and_check', 'photo'] },
  CU01: { title: 'Same return through two channels', severity: 'blocking', queue: 'CS', slaMinutes: 240, actions: ['merge', 'pick_settlement_owner'] },
  CU02: { title: 'Customer and order do not belong together', severity: 'blocking', queue: 'CS', slaMinutes: 1440, actions: ['relink', 'refuse'] },
  CU03: { title: 'Customer disputes the outcome', severity: 'warning', queue: 'CS', slaMinutes: 1440, actions: ['reinspect', 'evidence_pack'] },
  CU04: { title: 'Replacement shipped, goods not returned', severity: 'warning', queue: 'FN', slaMinutes: 4320, actions: ['invoice', 'capture_collateral'] },
  CU05: { title: 'Replacement out of stock', severity: 'warning', queue: 'CS', slaMinutes: 1440, actions: ['alternative', 'refund'] },
  RK01: { title: 'Fraud review', severity: 'blocking', queue: 'RK', slaMinutes: 1440, actions: ['clear', 'deny', 'block'] },
  PU01: { title: 'Supplier denies or credits short', severity: 'warning', queue: 'PU', slaMinutes: 7200, actions: ['dispute', 'write_off', 'charge'] },
  PU02: { title: 'Claim deadline near', severity: 'warning', queue: 'PU', slaMinutes: 4320, actions: ['submit'] },
  PU03: { title: 'Returned to vendor, no credit', severity: 'warning', queue: 'PU', slaMinutes: 43200, actions: ['chase', 'debit_note'] },
  MD01: { title: 'Unmapped code', severity: 'blocking', queue: 'MD', slaMinutes: 240, actions: ['map_and_replay'] },
  MD02: { title: 'Units or pack sizes do not match', severity: 'blocking', queue: 'MD', slaMinutes: 1440, actions: ['set_ratio', 'convert'] },
  MD03: { title: 'Conflicting master data', severity: 'warning', queue: 'MD', slaMinutes: 1440, actions: ['correct_source', 'archive_product'] },
  IT01: { title: 'Neighbor down, retries exhausted', severity: 'warning', queue: 'IT', slaMinutes: 30, actions: ['replay', 'fallback_notice', 'discard'] },
  IT02: { title: 'Outcome unknown', severity: 'warning', queue: 'IT', slaMinutes: 15, actions: ['read_back', 'retry'] },
  IT03: { title: 'Contract violated', severity: 'warning', queue: 'IT', slaMinutes: 240, actions: ['fix_and_replay'] },
  IT04: { title: 'A system changed what it does not own', severity: 'warning', queue: 'IT', slaMinutes: 1440, actions: ['accept_claim', 'reject_claim', 'correct_source'] },
  IT05: { title: 'Late event', severity: 'info', queue: 'IT', slaMinutes: null, actions: [] },
  IT06: { title: 'Drift found by reconciliation', severity: 'warning', queue: 'IT', slaMinutes: 1440, actions: ['resync', 'open_break'] },
  IT07: { title: 'Step left half done', severity: 'warning', queue: 'IT', slaMinutes: 60, actions: ['resume', 'compensate'] },
  IT08: { title: 'Credentials refused or about to expire', severity: 'warning', queue: 'IT', slaMinutes: 1440, actions: ['renew_credentials'] },
} as const satisfies Record<string, ExceptionCodeEntry>
export type ExceptionCode = keyof typeof exceptionCodes

const { MD03: _masterData, IT08: _credentials, ...aboutCases } = exceptionCodes
/** Codes of what can be wrong with a case, so that an event of it can say so. */
export const caseExceptionCodes = aboutCases

/** Which queue looks after a wrong axis statement: the owner of the axis. */
export const queueOfRole: Readonly<Record<SystemRole, ExceptionQueue>> = {
  hub: 'IT',
  erp: 'FN',
  helpdesk: 'CS',
  crm: 'CS',
  channel: 'CS',
  carrier: 'LG',
  wms: 'RX',
  finance: 'FN',
  payments: 'FN',
  notify: 'IT',
  supplier: 'PU',
  analytics: 'IT',
}
