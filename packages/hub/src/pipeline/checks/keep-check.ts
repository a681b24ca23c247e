import { type ConnectionId, exceptionCodes } from '@backhaul/sdk/canonical'
import type { DeliveryCode } from '@backhaul/sdk/connector'
import { type KeptCheck, lockCheck, writeCheck } from '../../store/connection-checks.ts'
import { type Pool, type Tx, withTransaction } from '../../store/database.ts'
import {
  clearLoose,
  type LooseException,
  raiseLoose,
  restateLoose,
} from '../../store/loose-exceptions.ts'
import type { ConnectionCheck } from './check-connection.ts'

/** So long before credentials expire, somebody has to renew them. */
const noticeMs = 14 * 86_400_000
const hourSeconds = 3_600

const refusedCode: DeliveryCode = 'AUTH_REJECTED'

/**
 * Keeps what a check came to, and opens or ends what it says is wrong with the credentials. What a person has
 * resolved stays resolved for as long as the same lasts.
 *
 * @param given.everyHours - until the next check, give or take a tenth.
 */
export async function keepCheck(
  { pool, random = Math.random }: { readonly pool: Pool; readonly random?: () => number },
  given: {
    readonly connectionId: ConnectionId
    readonly check: ConnectionCheck
    readonly everyHours: number
    readonly now: Date
  },
): Promise<void> {
  const { connectionId, check, everyHours, now } = given
  const nextSeconds = everyHours * hourSeconds * (0.9 + random() * 0.2)
  await withTransaction(pool, async (tx) => {
    const last = await lockCheck(tx, connectionId)
    await writeCheck(tx, { connectionId, ...check }, nextSeconds)
    await watchRefusal(tx, { connectionId, check, last })
    await watchExpiry(tx, { connectionId, check, last, now })
  })
}

interface Watched {
  readonly connectionId: ConnectionId
  readonly check: ConnectionCheck
  readonly last: KeptCheck | null
}

async function watchRefusal(tx: Tx, { connectionId, check, last }: Watched): Promise<void> {
  const detail = `${connectionId} refuses our credentials: ${check.reason ?? 'it does not say why'}.`
  const exception = exceptionOf({ connectionId, what: 'refused', detail })
  // Something else that fails, such as a network that is down, says nothing of credentials.
  if (check.isFine) return clearLoose(tx, [exception.key])
  if (check.code === refusedCode && last?.code !== refusedCode) await raiseLoose(tx, [exception])
}

async function watchExpiry(
  tx: Tx,
  { connectionId, check, last, now }: Watched & { readonly now: Date },
): Promise<void> {
  if (!check.isFine) return
  const { credentialExpiresAt: at } = check
  const day = at?.toISOString().slice(0, 10) ?? ''
  const detail = `The credentials of ${connectionId} expire on ${day}.`
  const exception = exceptionOf({ connectionId, what: 'expires', detail })
  if (!isNear(at, now)) return clearLoose(tx, [exception.key])
  const isSame = last !== null && last.credentialExpiresAt?.getTime() === at?.getTime()
  if (isSame && isNear(last.credentialExpiresAt, last.checkedAt)) return
  await raiseLoose(tx, [exception])
  await restateLoose(tx, [exception])
}

function isNear(expiresAt: Date | null, now: Date): boolean {
  return expiresAt !== null && expiresAt.getTime() - now.getTime() < noticeMs
}

function exceptionOf(about: {
  readonly connectionId: ConnectionId
  readonly what: 'refused' | 'expires'
  readonly detail: string
}): LooseException {
  const { connectionId, what, detail } = about
  const { severity, queue, slaMinutes } = exceptionCodes.IT08
  const object = `connection:${connectionId}`
  return {
    key: `IT08:${object}:${what}`,
    code: 'IT08',
    object,
    severity,
    queue,
    slaMinutes,
    detail,
  }
}
