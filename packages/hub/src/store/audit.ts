import { createHmac, hash } from 'node:crypto'
import { HubError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { type AuditWrite, type ChainHead, insertAudit } from './audit-write.ts'
import type { Tx } from './database.ts'
import { quoted } from './row-text.ts'

/** One thing that was done, as the audit log keeps it. */
export interface AuditEntry {
  readonly actor: string
  /** What was done: an event type, or `api_key.created` and the like. */
  readonly action: string
  readonly objectType: string
  readonly objectId: string
  /** The case event that the entry stands for, with the digest of its content. */
  readonly caseSeq?: number
  readonly contentHash?: string
  readonly detail?: Readonly<Record<string, unknown>>
}

const chainLock = 727_484_002
export const genesisLink = hash('sha256', 'backhaul audit chain', 'base64')

/** The text whose SHA-256, with the hash before it, is an entry's hash. `detailText` is its detail as the database holds it. */
export function auditText(
  entry: Omit<AuditEntry, 'detail'>,
  detailText: string | null,
  position: { chainId: string; seq: number; at: string },
): string {
  return JSON.stringify([
    position.chainId,
    position.seq,
    position.at,
    entry.actor,
    entry.action,
    entry.objectType,
    entry.objectId,
    entry.caseSeq ?? null,
    entry.contentHash ?? null,
    detailText,
  ])
}

/** Hash of an entry, base64: SHA-256 over the previous hash and the entry's text. */
export function auditHash(previous: string, text: string): string {
  return hash('sha256', `${previous}\n${text}`, 'base64')
}

/** Seal of a chain's head: without the master key nobody can cut a chain and leave a head that fits. */
export function sealHead(key: Buffer, { chainId, seq, head }: ChainHead): string {
  return createHmac('sha256', key).update(`${chainId}\n${seq}\n${head}`).digest('base64')
}

/** Link of a chain to the one opened before it. */
export function chainLink(
  previousLink: string,
  chain: { chainId: string; writer: string; openedAt: string },
): string {
  return hash(
    'sha256',
    JSON.stringify([previousLink, chain.chainId, chain.writer, chain.openedAt]),
    'base64',
  )
}

/**
 * Appends to one chain. A chain has one writer at a time: a loop of a process that runs its transactions
 * one after another. Several loops have a writer each.
 *
 * The head is kept in memory and moves only by `committed()`. After a commit whose outcome is not known,
 * `uncertain()` makes the next append read it back.
 */
export class AuditWriter {
  readonly #writer: string
  readonly #sealKey: Buffer
  #head: ChainHead | null = null
  #pending: ChainHead | null = null
  #chainId: string | null = null

  constructor(options: { readonly writer: string; readonly sealKey: Buffer }) {
    this.#writer = options.writer
    this.#sealKey = options.sealKey
  }

  /**
   * Hashes entries onto the chain. Whoever asked writes them, in the same transaction `tx`, and says whether
   * the chain was where this writer had left it.
   */
  async prepare(tx: Tx, entries: readonly AuditEntry[], now: Date): Promise<AuditWrite> {
    const start = this.#pending ?? this.#head ?? (await this.#readOrOpen(tx, now))
    const at = now.toISOString()
    let { seq, head } = start
    const rows = entries.map((entry) => {
      seq += 1
      const detailText = entry.detail === undefined ? null : JSON.stringify(entry.detail)
      head = auditHash(head, auditText(entry, detailText, { chainId: start.chainId, seq, at }))
      return entryRow(entry, { seq, head, detailText })
    })
    const next = { chainId: start.chainId, seq, head }
    this.#pending = next
    return { rows, from: start.seq, next, seal: sealHead(this.#sealKey, next) }
  }

  /**
   * Appends entries within the transaction `tx`.
   *
   * @throws {HubError} CONFLICT when somebody else wrote to this chain: the process is a leftover.
   */
  async append(tx: Tx, entries: readonly AuditEntry[], now: Date): Promise<void> {
    if (entries.length === 0) return
    const write = await this.prepare(tx, entries, now)
    if (!(await insertAudit(tx, write, now))) throw chainConflict()
  }

  committed(): void {
    if (this.#pending) this.#head = this.#pending
    this.#pending = null
  }

  rolledBack(): void {
    this.#pending = null
  }

  uncertain(): void {
    this.#pending = null
    this.#head = null
  }

  async #readOrOpen(tx: Tx, now: Date): Promise<ChainHead> {
    const known = this.#chainId === null ? null : await readHead(tx, this.#chainId)
    if (known) return known
    const opened = await openChain(tx, { writer: this.#writer, now, sealKey: this.#sealKey })
    this.#chainId = opened.chainId
    return opened
  }
}

/** The process is a leftover: another one has taken its place. */
export function chainConflict(): HubError {
  return new HubError('CONFLICT', 'Another process wrote to this audit chain.')
}

function entryRow(
  entry: AuditEntry,
  { seq, head, detailText }: { seq: number; head: string; detailText: string | null },
): string {
  return (
    `{"s":${seq},"a":${quoted(entry.actor)},"c":${quoted(entry.action)},"t":${quoted(entry.objectType)},"o":${quoted(entry.objectId)},` +
    `"e":${entry.caseSeq ?? null},"d":${detailText},"k":${quoted(entry.contentHash ?? null)},"h":"${head}"}`
  )
}

async function readHead(tx: Tx, chainId: string): Promise<ChainHead | null> {
  const { rows } = await tx.query<{ seq: number; head: string }>(
    `select seq, encode(head, 'base64') as head from audit_chain where chain_id = $1 for update`,
    [chainId],
  )
  const [row] = rows
  return row ? { chainId, seq: row.seq, head: row.head } : null
}

/** Opens a chain behind the last one. Takes turns with others that open one; appending does not. */
async function openChain(
  tx: Tx,
  { writer, now, sealKey }: { writer: string; now: Date; sealKey: Buffer },
): Promise<ChainHead> {
  await tx.query('select pg_advisory_xact_lock($1)', [chainLock])
  const { rows } = await tx.query<{ chainNo: number; link: string }>(
    `select chain_no as "chainNo", encode(link, 'base64') as link from audit_chain order by chain_no desc limit 1`,
  )
  const chainId = newId()
  const link = chainLink(rows[0]?.link ?? genesisLink, {
    chainId,
    writer,
    openedAt: now.toISOString(),
  })
  const head = { chainId, seq: 0, head: link }
  await tx.query(
    `insert into audit_chain (chain_no, chain_id, writer, opened_at, link, seq, head, seal)
     values ($1, $2, $3, $4, decode($5, 'base64'), 0, decode($5, 'base64'), decode($6, 'base64'))`,
    [(rows[0]?.chainNo ?? 0) + 1, chainId, writer, now, link, sealHead(sealKey, head)],
  )
  return head
}
