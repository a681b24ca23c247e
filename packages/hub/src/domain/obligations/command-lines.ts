import type { CommandBody } from '@backhaul/sdk/canonical'
import type {
  CaseState,
  CreditState,
  LineQuantity,
  LineState,
  ReceiptState,
} from '../case-state.ts'
import { findLine } from '../draft.ts'
import { compare, isZero } from '../ledger/decimal.ts'
import { arrived } from '../ledger/lines.ts'

type CommandLine = CommandBody<'receipt.expect'>['lines'][number]
/** What is known of single pieces. */
type Pieces = Pick<CommandLine, 'serials' | 'lots'>
type ReceivedLine = ReceiptState['lines'][number]

/** Lines as commands name them. Goods that nobody could name are told to nobody. */
export function commandLines(
  state: CaseState,
  lineNos: readonly number[],
  quantityOf: (line: LineState) => string,
): CommandLine[] {
  return linesWith(state, lineNos, { quantityOf, piecesOf: () => ({}) })
}

/** Lines that are still to come, with the pieces that were announced and have not come yet. */
export function expectedLines(
  state: CaseState,
  lineNos: readonly number[],
  quantityOf: (line: LineState) => string,
): CommandLine[] {
  return linesWith(state, lineNos, {
    quantityOf,
    piecesOf: (line, quantity) => expectedPieces(state, line, quantity),
  })
}

/** Lines that have come, with the pieces that came, where these are the units at hand. */
export function arrivedLines(
  state: CaseState,
  lineNos: readonly number[],
  quantityOf: (line: LineState) => string,
): CommandLine[] {
  return linesWith(state, lineNos, {
    quantityOf,
    piecesOf: (line, quantity) => arrivedPieces(state, line, quantity),
  })
}

/** Lines of a receipt, with the pieces that came with it. */
export function receivedLines(state: CaseState, received: readonly ReceivedLine[]): CommandLine[] {
  return received.flatMap(({ lineNo, quantity, serials, lots }) =>
    linesWith(state, [lineNo], {
      quantityOf: () => quantity,
      piecesOf: () => pieces(serials ?? [], lots ?? []),
    }),
  )
}

/** What a disposition's line is about, beside what happens to it. */
export function disposedGoods(
  state: CaseState,
  { lineNo, quantity }: LineQuantity,
): Omit<CommandBody<'disposition.execute'>['lines'][number], keyof LineQuantity | 'code'> {
  const line = findLine(state, lineNo)
  if (!line) return {}
  const { product, unit, orderLine } = line
  return {
    ...(product ? { product } : {}),
    unit,
    ...(orderLine ? { orderLine } : {}),
    ...arrivedPieces(state, line, quantity),
  }
}

/** The goods behind the lines of a credit; a line that is credited for no units is among them. */
export function creditedGoods(state: CaseState, { lines }: CreditState): CommandLine[] {
  return lines.flatMap(({ lineNo, quantity }) => {
    const line = findLine(state, lineNo)
    return line?.product ? [commandLine(line, line.product, quantity)] : []
  })
}

function linesWith(
  state: CaseState,
  lineNos: readonly number[],
  {
    quantityOf,
    piecesOf,
  }: {
    readonly quantityOf: (line: LineState) => string
    readonly piecesOf: (line: LineState, quantity: string) => Pieces
  },
): CommandLine[] {
  const lines: CommandLine[] = []
  for (const lineNo of lineNos) {
    const line = findLine(state, lineNo)
    const quantity = line ? quantityOf(line) : '0'
    if (!line?.product || isZero(quantity)) continue
    lines.push({ ...commandLine(line, line.product, quantity), ...piecesOf(line, quantity) })
  }
  return lines
}

function commandLine(
  { lineNo, unit, reason, orderLine, invoiced }: LineState,
  product: CommandLine['product'],
  quantity: string,
): CommandLine {
  return {
    lineNo,
    product,
    quantity,
    unit,
    ...(reason ? { reason } : {}),
    ...(orderLine ? { orderLine } : {}),
    ...(invoiced ? { invoiceLine: invoiced.invoiceLine } : {}),
  }
}

/** More pieces than units say nothing of which of them are meant. */
function expectedPieces(state: CaseState, line: LineState, quantity: string): Pieces {
  const came = new Set(receivedOf(state, line).flatMap(({ serials }) => serials ?? []))
  const open = line.expectedSerials.filter((serial) => !came.has(serial))
  const fits = compare(String(open.length), quantity) <= 0
  return pieces(fits ? open : [], line.expectedLots ?? [])
}

/** The pieces of a line, where all of its units are meant and each is known; a lot, where all came of one. */
function arrivedPieces(state: CaseState, line: LineState, quantity: string): Pieces {
  const received = receivedOf(state, line)
  const serials = [...new Set(received.flatMap((one) => one.serials ?? []))]
  const lots = new Set(received.flatMap((one) => one.lots ?? []))
  const isAll = compare(quantity, arrived(line)) === 0
  const isEach = compare(String(serials.length), quantity) === 0
  const isOneLot = lots.size === 1 && received.every((one) => one.lots !== undefined)
  return pieces(isAll && isEach ? serials : [], isOneLot ? [...lots] : [])
}

/** What came of a line in receipts that stand. */
function receivedOf({ receipts }: CaseState, { lineNo }: LineState): ReceivedLine[] {
  return receipts.flatMap(({ isReversed, lines }) =>
    isReversed ? [] : lines.filter((line) => line.lineNo === lineNo),
  )
}

function pieces(serials: readonly string[], lots: readonly string[]): Pieces {
  return {
    ...(serials.length > 0 ? { serials: [...serials] } : {}),
    ...(lots.length > 0 ? { lots: [...lots] } : {}),
  }
}
