import type { Delivered, Delivery, DeliveryDefinition } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import { knownEvent } from '../known-event.ts'
import { externalId, transferOrigin } from '../references.ts'
import { destinations, placeOf } from './destinations.ts'
import { chooseLots, goodsOf, type HeldGoods, type Holding, holdingOf } from './held.ts'
import { keyName } from './moves.ts'
import { type Opened, openFor } from './opening.ts'
import { moveNow, type ReadyMove } from './ready.ts'
import { scrapGoods } from './scrap.ts'

/**
 * Does with returned goods what was decided: moves them to where they belong, or writes them off. One transfer for
 * each place, one scrap record for each product and lot.
 *
 * Safe to repeat: transfers and scraps have external ids of the decision, and their state is read before anything
 * is pressed. Seven calls for goods that move, five for goods that are scrapped.
 *
 * @returns the event `disposition.executed`, with the names of the documents.
 * @throws {TerminalError} GOODS_NOT_RECEIVED, INSUFFICIENT_STOCK, SERIAL_NOT_RECEIVED, RETURN_TRANSFER_CANCELED,
 * TRANSFER_NOT_FINISHED.
 */
export const executeDisposition: DeliveryDefinition<Config, 'disposition.execute'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

type Given = Delivery<Config, 'disposition.execute'>
type Line = Given['command']['body']['lines'][number]

const maxDocumentLength = 200

async function deliver(delivery: Given): Promise<Delivered> {
  const { body } = delivery.command
  const opened = await openFor(delivery, body)
  const documents = await carryOut(opened, delivery)
  const names = documents.filter((name) => name !== '').join(', ')
  return {
    ...(names === '' ? {} : { externalId: names.slice(0, maxDocumentLength) }),
    events: [executed(delivery, names.slice(0, maxDocumentLength))],
  }
}

async function carryOut(opened: Opened, delivery: Given): Promise<string[]> {
  const { lines, dispositionId, target } = delivery.command.body
  const { places } = opened
  const moved = lines.filter(({ code }) => placeOf(places, code) !== null)
  const scrapped = lines.filter(({ code }) => destinations[code].act === 'scrap')
  if (moved.length + scrapped.length === 0) return []
  const holding = await holdingOf(opened, target)
  const targets = [...new Set(moved.map(({ code }) => placeOf(places, code) ?? 0))]
  const documents: string[] = []
  for (const toId of targets) {
    const ofPlace = moved.filter(({ code }) => placeOf(places, code) === toId)
    documents.push(await moveTo(opened, toId, { lines: ofPlace, dispositionId, holding }))
  }
  const goods = goodsOf(scrapped, holding, placesToLookIn(opened, null))
  const { attempt } = delivery
  return [...documents, ...(await scrapGoods(opened, goods, { dispositionId, attempt }))]
}

/** Goods wait in quarantine, or where an earlier decision has put them; what can be sold is nobody's to decide. */
function placesToLookIn({ places }: Opened, except: number | null): (number | undefined)[] {
  const { quarantine, repair, vendor, secondGrade } = places
  return [quarantine, repair, vendor, secondGrade].filter((place) => place !== except)
}

async function moveTo(
  opened: Opened,
  toId: number,
  {
    lines,
    dispositionId,
    holding,
  }: { readonly lines: readonly Line[]; readonly dispositionId: string; readonly holding: Holding },
): Promise<string> {
  const { odoo, places, caseNo } = opened
  const key = externalId(odoo.config, caseNo, 'disposition', dispositionId, `to${toId}`)
  const own = holding.moves.filter((move) => move.key?.startsWith(`${keyName(key)}-`))
  // What has been moved stands elsewhere: it could not be chosen again.
  if (own.length > 0 && own.every(({ state }) => state === 'done'))
    return own[0]?.transferName ?? ''
  const goods = goodsOf(lines, holding, placesToLookIn(opened, toId))
  const lots = await chooseLots(odoo, goods, own)
  const { name } = await moveNow(opened, {
    key,
    typeId: places.internalType,
    origin: transferOrigin(caseNo, dispositionId),
    fromId: goods[0]?.fromId ?? places.quarantine,
    toId,
    partnerId: null,
    moves: goods.map((one, index) => toMove(`${key}-${index + 1}`, one, lots[index] ?? null)),
  })
  return name
}

function toMove(key: string, goods: HeldGoods, lots: ReadyMove['lots']): ReadyMove {
  const { held, quantity, fromId } = goods
  const { lineNo, productId } = held
  return { key, lineNo, productId, quantity, fromId, toRefund: false, lots }
}

function executed(delivery: Given, document: string) {
  const { dispositionId, lines } = delivery.command.body
  return knownEvent(delivery, 'disposition.executed', {
    dispositionId,
    lines: lines.map(({ lineNo, quantity, code }) => ({ lineNo, quantity, code })),
    ...(document === '' ? {} : { document }),
  })
}
