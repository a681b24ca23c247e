import type { Neighborhood } from '@backhaul/simulator'
import pg from 'pg'
import type { Drift, Ended } from './compare.ts'
import type { LifecycleOptions } from './options.ts'
import type { Played } from './run.ts'

/** What the hub's tables say of a run. */
interface Counts {
  readonly messages: number
  readonly deliveries: number
  readonly retries: number
  /** Messages, and statements in them, that the hub knew already. */
  readonly duplicatesDropped: number
  readonly deadLetters: number
  readonly dead: readonly { readonly what: string; readonly count: number }[]
  readonly parked: readonly { readonly what: string; readonly count: number }[]
}

/** A return that did not come to its end, and why. */
interface OpenCase {
  readonly kind: string
  readonly caseNo: string | null
  readonly why: string
}

export interface LifecycleReport {
  readonly seed: number
  readonly seconds: number
  readonly returns: number
  readonly cases: number
  readonly closed: number
  readonly open: readonly OpenCase[]
  readonly drift: { readonly quantity: number; readonly money: number }
  readonly drifts: readonly Drift[]
  readonly duplicatesDropped: number
  readonly deadLetters: number
  readonly callsPerReturn: Readonly<Record<string, number>>
  readonly secondsPerStage: Readonly<Record<string, number>>
  readonly counts: Counts & { readonly stages: Readonly<Record<string, number>> }
  readonly webhooks: Readonly<Record<string, object>>
  /** Ends of the hub's process that nobody asked for. */
  readonly ownEnds: readonly string[]
}

/** Reads them from the hub's database. */
export async function countsOf(url: string): Promise<LifecycleReport['counts']> {
  const db = new pg.Client({ connectionString: url })
  await db.connect()
  try {
    const { rows } = await db.query<Omit<Counts, 'dead' | 'parked'>>(
      `select (select count(*)::int from inbox_message) as messages,
         (select count(*)::int from outbox_delivery) as deliveries,
         (select count(*)::int from delivery_attempt where outcome in ('retry', 'unknown')) as retries,
         (select count(*)::int from inbox_message where outcome = 'repeated') as "duplicatesDropped",
         (select count(*)::int from outbox_dead) as "deadLetters"`,
    )
    const dead = await db.query<Counts['dead'][number]>(
      `select connection_id || ' ' || command_type || ' ' || code || ' ' || coalesce(reason, '') as what,
         count(*)::int as count from outbox_dead group by 1 order by 2 desc`,
    )
    const parked = await db.query<Counts['parked'][number]>(
      `select connection_id || ' ' || topic || ' ' || code || ' ' || coalesce(detail, '') as what,
         count(*)::int as count from parked_message group by 1 order by 2 desc`,
    )
    const [counts] = rows
    if (counts === undefined) throw new Error('a select answers')
    return { ...counts, dead: dead.rows, parked: parked.rows, stages: await stagesOf(db) }
  } finally {
    await db.end()
  }
}

/** Seconds from the beginning of a case to the first event of each kind, on average. */
async function stagesOf(db: pg.Client): Promise<Record<string, number>> {
  const { rows } = await db.query<{ readonly type: string; readonly seconds: number }>(
    `with first as (
       select case_id, type, min(recorded_at) as at from case_event group by 1, 2
     ), begun as (select case_id, min(at) as at from first group by 1)
     select type, avg(extract(epoch from first.at - begun.at))::float as seconds
     from first join begun using (case_id)
     where type in ('order.reported', 'return.approved', 'goods.received', 'inspection.completed',
       'disposition.executed', 'credit.posted', 'refund.settled')
     group by 1 order by 2`,
  )
  return Object.fromEntries(rows.map(({ type, seconds }) => [type, Math.round(seconds * 10) / 10]))
}

export function reportOf(given: {
  readonly options: LifecycleOptions
  readonly seconds: number
  readonly played: readonly Played[]
  readonly ended: readonly Ended[]
  readonly drift: readonly Drift[]
  readonly counts: LifecycleReport['counts']
  readonly neighborhood: Neighborhood
  readonly ownEnds: readonly string[]
}): LifecycleReport {
  const { options, seconds, played, ended, drift, counts, neighborhood, ownEnds } = given
  const left = ended.flatMap(openOf)
  const open = [...stuckOf(played), ...left]
  const { shopify, woocommerce, zendesk, warehouse, easypost, stripe } = neighborhood
  const webs = { shopify, woocommerce, zendesk, warehouse, easypost, stripe: stripe.http }
  return {
    seed: options.seed,
    seconds: Math.round(seconds),
    returns: played.length,
    cases: ended.length,
    closed: ended.length - left.length,
    open,
    drift: {
      quantity: drift.filter(({ about }) => about === 'quantity').length,
      money: drift.filter(({ about }) => about === 'money').length,
    },
    drifts: drift,
    duplicatesDropped: counts.duplicatesDropped,
    deadLetters: counts.deadLetters,
    callsPerReturn: perReturn(neighborhood.calls(), played.length),
    secondsPerStage: counts.stages,
    counts,
    webhooks: Object.fromEntries(
      Object.entries(webs).map(([name, { webhooks, faults }]) => [
        name,
        { ...webhooks.tally, faults: faults.hits },
      ]),
    ),
    ownEnds,
  }
}

function perReturn(
  calls: Readonly<Record<string, number>>,
  returns: number,
): Record<string, number> {
  const per = (count: number) => Math.round((count / Math.max(1, returns)) * 10) / 10
  return Object.fromEntries(Object.entries(calls).map(([name, count]) => [name, per(count)]))
}

function stuckOf(played: readonly Played[]): OpenCase[] {
  return played.flatMap(({ planned: { kind, number }, stuck }) =>
    stuck === null ? [] : [{ kind, caseNo: null, why: `LOAD-${number}: ${stuck}` }],
  )
}

function openOf({ planned, expected, shown }: Ended): OpenCase[] {
  const waiting = shown.exceptions.filter(({ status }) => status === 'open')
  const isEnded = expected.headline.includes(shown.headline)
  if (isEnded && waiting.length === 0) return []
  const why = [
    ...(isEnded ? [] : [`is ${shown.headline}: ${shown.sentence}`]),
    ...waiting.map(({ code, detail }) => `${code} ${detail ?? ''}`),
  ]
  return [{ kind: planned.kind, caseNo: shown.caseNo, why: why.join('; ') }]
}
