import type { OrderAnswer } from '@backhaul/sdk/connector'
import type { Connections } from '../../connect/connections.ts'
import type { ReturnScope } from '../../connect/scoped-rows.ts'
import type { ActivePolicies, FindProduct, Reason } from '../../domain/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { HubConfig } from '../../platform/config/schema.ts'
import { HubError } from '../../platform/errors.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Pool } from '../../store/database.ts'
import { askOrder, type OrderAsked } from '../ask-order.ts'
import { gatherOthers } from '../decide/gather-returns.ts'
import { type JudgedLine, judgeLines, judgeOrder } from './judge-lines.ts'
import { questionOf, type Supposition, supposeReturn } from './suppose-return.ts'

export interface EligibilityDeps {
  readonly pool: Pool
  readonly connections: Connections
  readonly policies: ActivePolicies
  readonly findProduct: FindProduct
  readonly config: Pick<HubConfig, 'returns'>
  readonly clock: Clock
  readonly log: Logger
}

/** What may come back, as far as the hub can say. */
export interface Eligibility {
  readonly asked: Exclude<OrderAsked, { readonly kind: 'silent' }>
  readonly answer: OrderAnswer | null
  /** Empty where no amount is known. */
  readonly currency: string
  readonly lines: readonly JudgedLine[]
  /** Why the rules speak about the order as a whole. */
  readonly reasons: readonly Reason[]
}

/**
 * Says what of an order may come back, and on which terms: by what the system of record says of it now, by the
 * other returns that the hub knows, and by the rules in force. Nothing is written, and no database connection is
 * held while the system is asked.
 *
 * @throws {HubError} SYSTEM_OF_RECORD_SILENT when it does not answer in time; OVERLOADED.
 */
export async function askEligibility(
  deps: EligibilityDeps,
  supposed: Supposition,
): Promise<Eligibility> {
  const { pool, connections, clock, config } = deps
  const scope = scopeOf(supposed, clock.now())
  const { deadlineMs } = config.returns.lookUp
  const asked = await askOrder({ ...deps, deadlineMs }, { scope, question: questionOf(supposed) })
  if (asked.kind === 'silent') {
    const { sentence, retryAfterSeconds } = asked
    throw new HubError('SYSTEM_OF_RECORD_SILENT', `${sentence} Ask again later.`, {
      retryAfterSeconds,
    })
  }
  const answer = asked.kind === 'answered' ? asked.answer : null
  const owns = asked.kind === 'answered' ? connections.owns(asked.connectionId, scope) : ''
  const now = clock.now()
  const own = supposeReturn({ supposed, answer, owns, now })
  const others = await gatherOthers(pool, own.state)
  const { policies, findProduct } = deps
  const judging = { own, others, by: { policies, findProduct, now } }
  const { currency } = own.state.header
  const lines = await judgeLines(judging)
  return { asked, answer, currency, lines, reasons: judgeOrder(judging, lines) }
}

function scopeOf({ company, warehouse, channel }: Supposition, at: Date): ReturnScope {
  return { company, warehouse: warehouse ?? null, channel, at }
}
