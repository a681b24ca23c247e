/**
 * `npm run bench:odoo -- [returns] [at once]`: looks orders up, then takes returns through announcing, receiving and
 * crediting, with the connector's own handlers over the hub's way out, against the Odoo double in a process of its own.
 * Prints orders and returns a second, calls for each, most calls at once, and as a measure of the machine how many
 * plain reads the double answers.
 */

import { spawn } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { connectors } from '@backhaul/connectors'
import type { CommandBody, CommandType, EventData } from '@backhaul/sdk/canonical'
import type { Connector, GuardedFetch } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { startOdoo } from '@backhaul/simulator'
import { createDeadlines } from '../src/connect/deadlines.ts'
import { createOutbound } from '../src/connect/guarded-fetch.ts'
import { createRateLimit } from '../src/connect/rate-limit.ts'
import { createTargetGuard } from '../src/connect/target-guard.ts'
import { systemClock } from '../src/platform/clock.ts'

interface Double {
  readonly url: string
  readonly database: string
  readonly login: string
  readonly key: string
}

const program = fileURLToPath(import.meta.url)
/** Ids of the recorded database: its returns operation type and places. */
const places = { returnsType: 19, quarantine: 33, stock: 5, internalType: 7 }
const configured = 8
const timeoutMs = 30_000

async function serveDouble(orders: number): Promise<void> {
  const { url, database, login, key } = await startOdoo({ seed: { orders }, loadHoldMs: 0 })
  console.log(JSON.stringify({ url, database, login, key } satisfies Double))
}

async function startDouble(orders: number) {
  const args = [...process.execArgv, program, '--double', String(orders)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, double: JSON.parse(line) as Double }
}

/** The hub's part of a connection: its way out, and what a handler is given. */
class Line {
  readonly #connector: Connector
  readonly #config: unknown
  readonly #fetch: GuardedFetch
  readonly close: () => Promise<void>
  mostAtOnce = 0
  #underWay = 0

  constructor(double: Double) {
    const connector = connectors.find((one) => one.key === 'odoo')
    if (!connector) throw new Error('there is no connector odoo')
    this.#connector = connector
    const warehouses = { '*': places }
    this.#config = connector.config.parse({ ...double, warehouses, concurrency: configured })
    const outbound = createOutbound({
      guard: createTargetGuard(['127.0.0.0/8']),
      resolve: (host) => lookup(host, { all: true }),
      rateLimit: createRateLimit({ requestsPerMinute: undefined, clock: systemClock }),
      clock: systemClock,
      deadlines: createDeadlines({ clock: systemClock }),
      timeoutMs,
      concurrency: 2 * configured,
    })
    this.#fetch = (url, request) => this.#count(outbound.fetch(url, request))
    this.close = () => outbound.close()
  }

  async #count<T>(call: Promise<T>): Promise<T> {
    this.#underWay += 1
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay)
    return call.finally(() => {
      this.#underWay -= 1
    })
  }

  lookUp(orderRef: string): Promise<EventData<'order.recorded'>> {
    const about = { company: 'main', orderRefs: [orderRef], currency: 'USD' }
    const answer = this.#connector.looksUp.order
    if (!answer) throw new Error('the connector looks up no orders')
    return answer({
      config: this.#config,
      question: { about, lines: [] },
      fetch: this.#fetch,
      signal: AbortSignal.timeout(timeoutMs),
      now: new Date(),
    })
  }

  async deliver<T extends CommandType>(
    type: T,
    caseNo: string,
    body: CommandBody<T>,
  ): Promise<readonly { type: string; value: string }[]> {
    const now = new Date()
    const command = { type, caseId: caseNo, caseNo, caseVersion: 1, body }
    const delivered = await this.#connector.delivers[type]?.deliver({
      config: this.#config,
      command: { ...command, occurredAt: now.toISOString() },
      idempotencyKey: `${caseNo}/${type}`,
      attempt: 1,
      signal: AbortSignal.timeout(timeoutMs),
      fetch: this.#fetch,
      dial: noDial,
      now,
    })
    return delivered?.refs ?? []
  }
}

/** One return: two units of the first line of an order that was looked up; announced, received, credited. */
async function takeReturn(line: Line, number: number, order: Order): Promise<void> {
  const caseNo = `RMA-${String(number).padStart(6, '0')}-0`
  const { orderRef, orderedBy, lines: known } = order
  const [first] = known
  if (!first?.invoiced || !first.product) throw new Error(`LOAD-${number} is not as it was made`)
  const { invoiced, product, orderLine = '' } = first
  const about = { company: 'main', orderRefs: [orderRef], currency: 'USD', customer: orderedBy }
  const common = { lineNo: 1, product, unit: 'EA', orderLine, invoiceLine: invoiced.invoiceLine }
  const lines = [{ ...common, quantity: '2' }]
  const system = 'odoo'
  const told = (refs: readonly { type: string; value: string }[]) =>
    refs.map((ref) => ({ system, ...ref }))
  const transfers = told(await line.deliver('return.record', caseNo, { about, lines }))
  const receiptId = `${caseNo}-receipt`
  await line.deliver('receipt.record', caseNo, { about, target: transfers, receiptId, lines })
  const money = (amount: string) => ({ amount, currency: 'USD' })
  const credit = {
    creditId: `${caseNo}-credit`,
    lines: [{ lineNo: 1, quantity: '2', net: money('24.00'), tax: money('3.60') }],
    fees: [],
    total: money('27.60'),
    method: 'credit_note' as const,
  }
  const notes = told(await line.deliver('credit.draft', caseNo, { about, credit, lines }))
  const { creditId } = credit
  await line.deliver('credit.post', caseNo, { about, target: notes, creditId })
}

async function inParallel(
  count: number,
  atOnce: number,
  work: (number: number) => Promise<void>,
): Promise<number> {
  let next = 1
  const startMs = performance.now()
  const worker = async (): Promise<void> => {
    for (let number = next; number <= count; number = next) {
      next += 1
      await work(number)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return (performance.now() - startMs) / 1_000
}

type Order = EventData<'order.recorded'>

interface Phase {
  readonly seconds: number
  readonly callsEach: number
}

/** Does something for each of so many orders, and counts what it asks of the double. */
async function inPhase(
  { url }: Double,
  { count, atOnce }: { readonly count: number; readonly atOnce: number },
  work: (number: number) => Promise<void>,
): Promise<Phase> {
  await fetch(`${url}/_control/calls`, { method: 'DELETE' })
  const seconds = await inParallel(count, atOnce, work)
  const { total } = (await (await fetch(`${url}/_control/calls`)).json()) as { total: number }
  return { seconds, callsEach: total / count }
}

function phaseText(count: number, { seconds, callsEach }: Phase): string {
  const perSecond = (count / seconds).toFixed(1)
  return `${count} in ${seconds.toFixed(1)} s: ${perSecond}/s, ${callsEach.toFixed(1)} calls each`
}

async function measure(returns: number, atOnce: number): Promise<void> {
  const { child, double } = await startDouble(returns)
  const line = new Line(double)
  try {
    await line.lookUp('LOAD-1')
    const reads = Math.min(returns, 500)
    const readSeconds = await inParallel(reads, atOnce, (number) => readPlainly(double, number))
    const load = { count: returns, atOnce }
    const orders = new Map<number, Order>()
    const lookUps = await inPhase(double, load, async (number) => {
      orders.set(number, await line.lookUp(`LOAD-${number}`))
    })
    const taken = await inPhase(double, load, (number) =>
      takeReturn(line, number, orders.get(number) as Order),
    )
    console.log(`looked up: ${phaseText(returns, lookUps)}`)
    console.log(`announced, received, credited: ${phaseText(returns, taken)}`)
    console.log(`${line.mostAtOnce} calls at once at most, ${configured} configured`)
    console.log(`plain reads of the same double: ${(reads / readSeconds).toFixed(0)}/s`)
  } finally {
    await line.close()
    child.kill('SIGTERM')
  }
}

/** The least that a call can be, without any part of the hub. */
async function readPlainly({ url, database, key }: Double, number: number): Promise<void> {
  const response = await fetch(`${url}/json/2/sale.order/search_read`, {
    method: 'POST',
    headers: {
      authorization: `bearer ${key}`,
      'x-odoo-database': database,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      domain: [['client_order_ref', '=', `LOAD-${number}`]],
      fields: ['name'],
    }),
  })
  await response.arrayBuffer()
}

const [first = '1000', second = '16'] = process.argv.slice(2)
if (first === '--double') await serveDouble(Number(second))
else await measure(Number(first), Number(second))
