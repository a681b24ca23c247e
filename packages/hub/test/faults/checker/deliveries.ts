import type { FaultySink, Reception } from '../sinks.ts'
import { type SinkName, sinkNames } from '../site.ts'
import type { Findings } from './findings.ts'
import type { StoredCase } from './stored-cases.ts'

/** What the sinks received, by sink and case, each delivery at its first time. */
export class Received {
  readonly #bySink: ReadonlyMap<SinkName, ReadonlyMap<string, Reception[]>>
  #seen = 0
  readonly #total: number

  constructor(sinks: Readonly<Record<SinkName, FaultySink>>) {
    this.#bySink = new Map(sinkNames.map((name) => [name, byCase(sinks[name])]))
    this.#total = sinkNames.reduce((total, name) => total + sinks[name].received.size, 0)
  }

  /** To be asked once for each sink and case. */
  take(sink: SinkName, caseId: string): readonly Reception[] {
    const receptions = this.#bySink.get(sink)?.get(caseId) ?? []
    this.#seen += receptions.length
    return receptions
  }

  /** To be asked when all cases have been looked at. */
  checkAll(findings: Findings): void {
    findings.expect(
      this.#seen === this.#total,
      'delivery about no known case',
      () => `${this.#total - this.#seen} deliveries`,
    )
  }
}

function byCase({ received }: FaultySink): ReadonlyMap<string, Reception[]> {
  const cases = new Map<string, Reception[]>()
  for (const reception of received.values()) {
    const known = cases.get(reception.caseId)
    if (known) known.push(reception)
    else cases.set(reception.caseId, [reception])
  }
  return cases
}

/**
 * Whether each sink has had everything that the case owes it, once by its key, and in the order in which it
 * was owed. `applied` are the events that the case's state is made of.
 */
export function checkDeliveries(
  findings: Findings,
  received: Received,
  { stored, applied }: { readonly stored: StoredCase; readonly applied: ReadonlySet<string> },
): void {
  for (const sink of sinkNames) {
    const owed = stored.deliveries.filter(({ connectionId }) => connectionId === sink)
    const had = received.take(sink, stored.caseId)
    const where = `${sink}, case ${stored.caseId}`
    if (had.length < owed.length) {
      findings.add('delivery lost', `${where}: ${had.length} of ${owed.length}`)
    }
    if (had.length > owed.length) {
      findings.add('effect doubled', `${where}: ${had.length} keys for ${owed.length} deliveries`)
    }
    const owedOrder = owed.map(({ commandType, caseVersion }) => `${caseVersion} ${commandType}`)
    const hadOrder = had.map(({ command, caseVersion }) => `${caseVersion} ${command}`)
    findings.expect(
      had.length !== owed.length || owedOrder.join() === hadOrder.join(),
      'order of a case broken',
      () => `${where}: had ${hadOrder.join(', ')}; owed ${owedOrder.join(', ')}`,
    )
    if (sink === 'systems') checkMoney(findings, had, stored)
    else checkPublished(findings, { where, had, applied }, stored)
  }
}

/**
 * A subscriber to everything hears of each event that the state is made of, once, under one key. It may
 * have heard of one that was applied at first and is not any more.
 */
function checkPublished(
  findings: Findings,
  {
    where,
    had,
    applied,
  }: { where: string; had: readonly Reception[]; applied: ReadonlySet<string> },
  stored: StoredCase,
): void {
  const told = had.map(({ eventId }) => eventId ?? '')
  const isTold = new Set(told)
  findings.expect(
    isTold.size === told.length,
    'subscriber told twice',
    () => `${where}: ${told.join(', ')}`,
  )
  for (const { eventId, eventKey, type, effect } of stored.events) {
    const wasApplied = effect.outcome === 'applied'
    const isApplied = applied.has(eventKey)
    if (isTold.has(eventId)) {
      const isRight = wasApplied || isApplied
      findings.expect(
        isRight,
        'subscriber told of what was not applied',
        () => `${where}: ${eventId} ${type}`,
      )
    } else if (wasApplied) {
      findings.add('subscriber not told', `${where}: ${eventId} ${type}`)
    } else if (isApplied) {
      findings.add(
        'subscriber not told of what a late event made possible',
        `${where}: ${eventId} ${type}`,
      )
    }
  }
}

/** Whatever else the systems are told to do: no more money than the return is worth, and one label. */
function checkMoney(
  findings: Findings,
  had: readonly Reception[],
  { caseId, postedMinor }: StoredCase,
): void {
  const limit = postedMinor ?? 0
  for (const command of ['refund.issue', 'credit.draft'] as const) {
    const total = had
      .filter((one) => one.command === command)
      .reduce((sum, { body }) => sum + amountMinor(body), 0)
    findings.expect(
      total <= limit,
      'more money than the return is worth',
      () => `${caseId}: ${command} ${total} of ${limit}`,
    )
  }
  const labels = had.filter(({ command }) => command === 'label.create').length
  findings.expect(labels <= 1, 'more than one label', () => `${caseId}: ${labels}`)
}

function amountMinor(body: unknown): number {
  const { amount, credit } = body as {
    amount?: { amount: string }
    credit?: { total: { amount: string } }
  }
  return Math.round(100 * Number(amount?.amount ?? credit?.total.amount ?? 0))
}
