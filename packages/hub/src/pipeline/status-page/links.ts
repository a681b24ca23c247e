import type { Clock } from '../../platform/clock.ts'
import type { HubConfig } from '../../platform/config/schema.ts'
import {
  readStatusToken,
  type StatusClaims,
  type StatusLinkKeys,
  signStatusToken,
} from '../../platform/crypto/status-token.ts'
import { HubError } from '../../platform/errors.ts'
import { type CaseRecord, findCase } from '../../store/case-queries.ts'
import { type Pool, type Queryable, withTransaction } from '../../store/database.ts'
import { advanceGeneration, findStatusLink } from '../../store/status-links.ts'
import type { RecordAudit } from '../audit-recorder.ts'

export interface StatusLinkDeps {
  readonly pool: Pool
  readonly record: RecordAudit
  readonly clock: Clock
  readonly statusLinkKeys: StatusLinkKeys
  readonly config: Pick<HubConfig, 'host' | 'port' | 'publicUrl' | 'statusPage'>
}

/** A link to the status page of a return. Whoever has it may look. */
export interface StatusLink {
  readonly url: string
  readonly expiresAt: Date
}

export const statusPath = '/status'
const dayMs = 86_400_000

/**
 * Makes a link for the customer of a return. Earlier ones stay good.
 *
 * @param given.days - for how long; as configured when left out.
 * @throws {HubError} NOT_FOUND.
 */
export async function makeStatusLink(
  deps: StatusLinkDeps,
  given: { readonly idOrNo: string; readonly days?: number | undefined },
  { actor }: { readonly actor: string },
): Promise<StatusLink> {
  const { pool, record } = deps
  const { caseId, caseNo } = await caseOf(pool, given.idOrNo)
  return withTransaction(pool, async (tx) => {
    const link = await linkOf(deps, tx, { caseId, days: given.days })
    const detail = { caseNo, expiresAt: link.expiresAt.toISOString() }
    await record(tx, [
      { actor, action: 'status_link.made', objectType: 'case', objectId: caseId, detail },
    ])
    return link
  })
}

/**
 * Revokes every link that was made for a return, those in messages to its customer included.
 *
 * @throws {HubError} NOT_FOUND.
 */
export async function revokeStatusLinks(
  { pool, record }: Pick<StatusLinkDeps, 'pool' | 'record'>,
  idOrNo: string,
  { actor }: { readonly actor: string },
): Promise<void> {
  const { caseId, caseNo } = await caseOf(pool, idOrNo)
  await withTransaction(pool, async (tx) => {
    await advanceGeneration(tx, caseId)
    await record(tx, [
      {
        actor,
        action: 'status_link.revoked',
        objectType: 'case',
        objectId: caseId,
        detail: { caseNo },
      },
    ])
  })
}

/** A link for a message to the customer, where it is known under which address the hub is reached; else undefined. */
export async function linkForNotice(
  deps: Pick<StatusLinkDeps, 'clock' | 'config' | 'statusLinkKeys'> & { readonly pool: Queryable },
  caseId: string,
): Promise<string | undefined> {
  if (deps.config.publicUrl === undefined) return undefined
  return (await linkOf(deps, deps.pool, { caseId })).url
}

async function linkOf(
  { clock, config, statusLinkKeys }: Pick<StatusLinkDeps, 'clock' | 'config' | 'statusLinkKeys'>,
  db: Queryable,
  { caseId, days }: { readonly caseId: string; readonly days?: number | undefined },
): Promise<StatusLink> {
  const { generation } = await findStatusLink(db, caseId)
  const endsAt = clock.now().getTime() + (days ?? config.statusPage.linkDays) * dayMs
  const expiresAt = new Date(Math.floor(endsAt / 1000) * 1000)
  const token = signStatusToken(statusLinkKeys, { caseId, expiresAt, generation })
  const base = config.publicUrl ?? `http://${config.host}:${config.port}`
  return { url: `${base.replace(/\/$/, '')}${statusPath}/${token}`, expiresAt }
}

async function caseOf(pool: Pool, idOrNo: string): Promise<CaseRecord> {
  const found = await findCase(pool, idOrNo)
  if (found === null) throw new HubError('NOT_FOUND', 'There is no such return.')
  return found
}

/** What became of a token: who holds a good one may look; `ended` was good once. */
export type OpenedLink =
  | { readonly kind: 'open'; readonly claims: StatusClaims }
  | { readonly kind: 'ended' | 'unknown' }

/** Looks whether a link leads anywhere. What we have not signed, or has expired, asks the database nothing. */
export async function openStatusLink(
  { pool, clock, statusLinkKeys }: Pick<StatusLinkDeps, 'pool' | 'clock' | 'statusLinkKeys'>,
  token: string,
): Promise<OpenedLink> {
  const claims = readStatusToken(statusLinkKeys, token)
  if (claims === null) return { kind: 'unknown' }
  if (claims.expiresAt <= clock.now()) return { kind: 'ended' }
  const { generation } = await findStatusLink(pool, claims.caseId)
  return claims.generation === generation ? { kind: 'open', claims } : { kind: 'ended' }
}
