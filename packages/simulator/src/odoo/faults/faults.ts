import { makeChance } from '../../double/chance.ts'

/** What goes wrong with a call. */
export type Fault =
  /** The connection is cut: before anything happened, or after it was committed and before a word was answered. */
  | { readonly kind: 'cut'; readonly when: FaultTime }
  /** No answer ever comes. */
  | { readonly kind: 'hang'; readonly when: FaultTime }
  /** The call is only begun so late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** A page of the proxy in front, while Odoo is restarted or updated. */
  | { readonly kind: 'maintenance'; readonly status: 502 | 503 }
  /** A proxy that limits calls; seconds, or a date as HTTP writes it. */
  | { readonly kind: 'too_many_requests'; readonly retryAfter: number | string }
  /** The database is not there any more: a page for JSON-2, an error for /jsonrpc. */
  | { readonly kind: 'database_gone' }
  /** The key does not open any more: revoked or expired, nobody can tell. */
  | { readonly kind: 'key_refused' }
  /** The call is done, half of its answer is sent, then nothing more or the end of the connection. */
  | { readonly kind: 'half_body'; readonly end: 'cut' | 'hang' }
  /** The call is done, and its answer has no end. */
  | { readonly kind: 'endless_body' }
  /** `load()` loses against a call that nobody sees. Other methods are not touched. */
  | { readonly kind: 'serialization_conflict' }

/** `after`: once all of it is committed. */
type FaultTime = 'after' | 'before'

/** A fault, and which calls it befalls. */
export interface FaultRule {
  readonly fault: Fault
  /** `stock.picking.load`, `stock.picking.*`, `*.load`; every call where it is left out. */
  readonly calls?: string
  /** Only the n-th of those calls from now on, counted from 1. */
  readonly nth?: number
  /** How many calls at most; without end where it is left out, once where `nth` is given. */
  readonly times?: number
  /** The share of calls, by chance that `seed` fixes; 1 where it is left out. */
  readonly probability?: number
}

/** What goes wrong with the webhooks that are sent. */
export interface WebhookRule {
  readonly kind: 'delay' | 'duplicate' | 'lose'
  /** How late, in milliseconds, a delayed one is sent; the caller waits for it. */
  readonly ms?: number
  readonly times?: number
  readonly probability?: number
}

interface Armed<Rule> {
  readonly rule: Rule
  seen: number
  hits: number
}

/** Faults that are to come, in the order in which they were given: the first that fits a call befalls it. */
export class Faults {
  private rules: Armed<FaultRule>[] = []
  private webhookRules: Armed<WebhookRule>[] = []
  private chance = makeChance(1)

  /** Adds a fault. */
  add(rule: FaultRule): void {
    this.rules.push({ rule, seen: 0, hits: 0 })
  }

  /** Adds a fault of webhooks. */
  addForWebhooks(rule: WebhookRule): void {
    this.webhookRules.push({ rule, seen: 0, hits: 0 })
  }

  /** Nothing goes wrong any more. */
  clear(): void {
    this.rules = []
    this.webhookRules = []
  }

  /** Fixes what chance decides from here on. */
  seed(seed: number): void {
    this.chance = makeChance(seed)
  }

  /** How often each fault befell a call, in the order in which they were given. */
  hits(): readonly number[] {
    return this.rules.map(({ hits }) => hits)
  }

  /** The fault that befalls a call, if one does. */
  next(call: string): Fault | null {
    for (const armed of this.rules) {
      if (!fits(armed.rule.calls, call)) continue
      armed.seen += 1
      if (this.strikes(armed)) return armed.rule.fault
    }
    return null
  }

  /** What befalls the next webhook, if anything does. */
  nextForWebhook(): WebhookRule | null {
    for (const armed of this.webhookRules) {
      armed.seen += 1
      if (this.strikes(armed)) return armed.rule
    }
    return null
  }

  private strikes(armed: Armed<FaultRule | WebhookRule>): boolean {
    const { probability = 1, times = 'nth' in armed.rule ? 1 : Infinity } = armed.rule
    const nth = 'nth' in armed.rule ? armed.rule.nth : undefined
    if (armed.hits >= times || (nth !== undefined && armed.seen < nth)) return false
    if (probability < 1 && this.chance() >= probability) return false
    armed.hits += 1
    return true
  }
}

function fits(pattern: string | undefined, call: string): boolean {
  if (pattern === undefined || pattern === '*' || pattern === call) return true
  if (pattern.startsWith('*')) return call.endsWith(pattern.slice(1))
  return pattern.endsWith('*') && call.startsWith(pattern.slice(0, -1))
}
