import type { ResponseCode, SettlementMethod, SettlementTrigger } from '@backhaul/sdk/canonical'
import type { FeeAmount } from '../case-state.ts'
import type { Verdict } from './document.ts'
import type { PolicyInputs } from './inputs.ts'

/**
 * Why a rule speaks. `rule`: it holds. `unknown`: a fact that it needs is not known. `failed`: it could not be
 * worked out (RULE_FAILED). `appeal`: it would reject again what was appealed.
 */
export type Cause = 'rule' | 'unknown' | 'failed' | 'appeal'

export interface Reason {
  readonly rule: string
  readonly version: number
  readonly title: string
  /** Null for a rule about the whole return. */
  readonly lineNo: number | null
  readonly verdict: Verdict
  readonly cause: Cause
  /** `RULE_FAILED` or `FACT_UNKNOWN`, with what it was about; null where the rule holds. */
  readonly detail: string | null
  readonly response: ResponseCode | null
  /** What the customer is told. */
  readonly text: string | null
  readonly approver: string | null
  /** The fields that it looked at, by path; lists are left to the recorded inputs. */
  readonly used: Readonly<Record<string, string | number | boolean | null>>
  /** SHA-256 of all that it looked at. */
  readonly digest: string
}

export interface LineDecision {
  readonly lineNo: number
  readonly verdict: Verdict
  /** Authorized base units; zero unless it is allowed or modified. */
  readonly quantity: string
  readonly returnRequired: boolean | null
  readonly inspectionRequired: boolean | null
  readonly fees: readonly FeeAmount[]
  readonly response: ResponseCode | null
  /** Rules that spoke, the worst first. */
  readonly reasons: readonly string[]
}

/** How and when money moves, for the lines that are allowed or modified. */
export interface DecidedTerms {
  readonly method: SettlementMethod
  readonly trigger: SettlementTrigger
  readonly fees: readonly FeeAmount[]
}

/** What a rule set says to a return: a function of the rule set and of `inputs`. */
export interface PolicyDecision {
  readonly ruleSet: { readonly name: string; readonly version: number }
  /** The worst of its lines. */
  readonly verdict: Verdict
  readonly lines: readonly LineDecision[]
  /** Every reason, in the order of the rules. */
  readonly reasons: readonly Reason[]
  /** Null where nothing is authorized. */
  readonly terms: DecidedTerms | null
  readonly inputs: PolicyInputs
  readonly inputsDigest: string
}
