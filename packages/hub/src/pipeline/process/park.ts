import type { Tx } from '../../store/database.ts'
import { deleteParked, insertParked, releaseWaiting } from '../../store/parked.ts'
import {
  deleteParkedValues,
  insertParkedValues,
  type ParkedValue,
} from '../../store/parked-values.ts'
import type { BoundRef } from '../../store/refs.ts'
import type { Ending } from './work.ts'

/** Keeps what could not be applied where it is found again, and lets go of what could be at last. */
export async function park(tx: Tx, endings: readonly Ending[], now: Date): Promise<void> {
  const parked = endings.filter(({ result }) => result.outcome === 'parked')
  await insertParked(
    tx,
    parked.map(({ work, result, waitsFor }) => ({
      messageId: work.message.messageId,
      connectionId: work.message.connectionId,
      receivedAt: work.storedAt ?? now,
      topic: work.message.topic,
      code: result.code ?? 'UNKNOWN',
      detail: result.detail,
      waitsFor,
      isWaiting: result.code === 'NO_CASE',
    })),
    now,
  )
  await insertParkedValues(tx, parked.flatMap(valuesOf))
  const done = endings.filter(
    ({ work, result }) => work.storedAt !== null && result.outcome !== 'parked',
  )
  await deleteParked(
    tx,
    done.map(({ work }) => work.message.messageId),
  )
  const readAtLast = endings.filter(({ work, unmapped }) => work.wasParked && unmapped.length === 0)
  await deleteParkedValues(
    tx,
    readAtLast.map(({ work }) => work.message.messageId),
  )
}

function valuesOf({ work, unmapped }: Ending): ParkedValue[] {
  const { messageId, connectionId } = work.message
  return unmapped.map((one) => ({ messageId, connectionId, ...one }))
}

/** Sends messages that waited for one of these identifiers to the processor. */
export async function releaseParked(tx: Tx, bound: readonly BoundRef[]): Promise<number> {
  return bound.length === 0 ? 0 : releaseWaiting(tx, bound)
}
