import type { Clock } from '../../platform/clock.ts'
import { isSameSecret } from '../../platform/crypto/hash.ts'
import { type Pool, withTransaction } from '../../store/database.ts'
import { lockStatusLink, writeFailures } from '../../store/status-links.ts'
import { loadCase } from '../load-case.ts'
import { readCustomer } from './read-customer.ts'

/** Wrong answers before a pause, which then comes after each further one. */
const freeAnswers = 5
const pauseMs = 15 * 60_000
/** After so many wrong answers the links of a return are of no use until somebody revokes them and makes a new one. */
const mostAnswers = 20
/** Shorter numbers are guessed too easily. */
const shortestAnswer = 3

/** How an answer to the question before a status page went; `paused` for as long as `waitSeconds`. */
export type AnswerOutcome =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'spent' }
  | { readonly kind: 'paused'; readonly waitSeconds: number }

/**
 * Holds an answer against the order numbers and postcodes of a return. It is counted before it is looked at, and
 * answers to one return take turns: many at the same moment are many.
 */
export async function answerQuestion(
  { pool, clock }: { readonly pool: Pool; readonly clock: Clock },
  { caseId, answer }: { readonly caseId: string; readonly answer: string },
): Promise<AnswerOutcome> {
  const expected = await expectedAnswers(pool, caseId)
  return withTransaction(pool, async (tx): Promise<AnswerOutcome> => {
    const now = clock.now()
    const { failures, lockedUntil } = await lockStatusLink(tx, caseId)
    if (failures >= mostAnswers) return { kind: 'spent' }
    if (lockedUntil !== null && lockedUntil > now) {
      const waitSeconds = Math.ceil((lockedUntil.getTime() - now.getTime()) / 1000)
      return { kind: 'paused', waitSeconds }
    }
    const given = plain(answer)
    if (expected.some((one) => isSameSecret(one, given))) {
      if (failures > 0) await writeFailures(tx, { caseId, failures: 0, lockedUntil: null })
      return { kind: 'right' }
    }
    const isPaused = failures + 1 >= freeAnswers
    await writeFailures(tx, {
      caseId,
      failures: failures + 1,
      lockedUntil: isPaused ? new Date(now.getTime() + pauseMs) : null,
    })
    return { kind: 'wrong' }
  })
}

async function expectedAnswers(pool: Pool, caseId: string): Promise<string[]> {
  const [found, { postcodes }] = await Promise.all([
    loadCase(pool, caseId),
    readCustomer(pool, caseId),
  ])
  const known = [...(found?.state.header.orderRefs ?? []), ...postcodes]
  return known.map((one) => plain(one)).filter((one) => one.length >= shortestAnswer)
}

/** As people write numbers: without what stands between, in either case. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}
