import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { auditHash, auditText, sealHead } from '../../store/audit.ts'
import type { StoredAuditChain, StoredAuditEntry } from '../../store/audit-scan.ts'
import { ChainWalk } from './chain-walk.ts'
import type { AuditFinding } from './finding.ts'

const sealKey = Buffer.alloc(32, 7)
const chainId = '018f0000-0000-7000-8000-000000000000'
const link = 'the link of the chain'
const length = 5

/** A chain as its writer leaves it. */
function writeChain(): { chain: StoredAuditChain; entries: StoredAuditEntry[] } {
  let head = link
  const entries = Array.from({ length }, (_, index) => {
    const seq = index + 1
    const entry = {
      actor: 'Ann',
      action: 'api_key.created',
      objectType: 'api_key',
      objectId: `key ${seq}`,
    }
    const detail = JSON.stringify({ seq })
    const at = '2026-11-23T08:00:00.000Z'
    head = auditHash(head, auditText(entry, detail, { chainId, seq, at }))
    const rest = { caseSeq: null, contentHash: null, detail }
    return { ...entry, ...rest, chainId, seq, recordedAtUs: Date.parse(at) * 1_000, hash: head }
  })
  const seal = sealHead(sealKey, { chainId, seq: length, head })
  const chain = {
    chainNo: 1,
    chainId,
    writer: 'test',
    openedAtUs: 0,
    link,
    seq: length,
    head,
    seal,
  }
  return { chain, entries }
}

/** Follows a chain whose entries lie in the partitions of these days. */
function follow(
  chain: StoredAuditChain,
  entries: readonly StoredAuditEntry[],
  dayOf: (entry: StoredAuditEntry) => number,
): { kinds: string[]; findings: AuditFinding[]; sound: number } {
  const findings: AuditFinding[] = []
  const walk = new ChainWalk(chain, (finding) => findings.push(finding))
  let sound = 0
  for (const day of [0, 1, 2]) {
    for (const entry of entries.filter((one) => dayOf(one) === day)) {
      if (walk.take([entry]) !== null) sound += 1
    }
  }
  assert.equal(walk.isComplete, entries.length === length)
  walk.end([sealKey])
  return { findings, sound, kinds: findings.map(({ kind }) => kind) }
}

/** Every way in which five entries can be spread over three days. */
const spreads = Array.from({ length: 3 ** length }, (_, number) =>
  Array.from({ length }, (_entry, index) => Math.floor(number / 3 ** index) % 3),
)

describe('a chain of five entries, however they are spread over three days', () => {
  const { chain, entries } = writeChain()

  test('is whole', () => {
    for (const days of spreads) {
      const { findings, sound } = follow(chain, entries, ({ seq }) => days[seq - 1] ?? 0)
      assert.deepEqual(findings, [], days.join())
      assert.equal(sound, length)
    }
  })

  test('lacks exactly the entry that was taken out', () => {
    for (const days of spreads) {
      for (const { seq: gone } of entries) {
        const left = entries.filter(({ seq }) => seq !== gone)
        const { findings } = follow(chain, left, ({ seq }) => days[seq - 1] ?? 0)
        assert.deepEqual(
          findings.map(({ kind, seq }) => [kind, seq]),
          [['entry_missing', gone]],
          days.join(),
        )
      }
    }
  })

  test('shows exactly the entry that was edited', () => {
    for (const days of spreads) {
      for (const { seq: edited } of entries) {
        const changed = entries.map((entry) =>
          entry.seq === edited ? { ...entry, actor: 'Bob' } : entry,
        )
        const { findings } = follow(chain, changed, ({ seq }) => days[seq - 1] ?? 0)
        assert.deepEqual(
          findings.map(({ kind, seq }) => [kind, seq]),
          [['entry_edited', edited]],
          days.join(),
        )
      }
    }
  })

  test('shows an entry whose hash was changed, and blames no other', () => {
    for (const days of spreads) {
      const changed = entries.map((entry) =>
        entry.seq === 2 ? { ...entry, hash: 'other' } : entry,
      )
      const { findings } = follow(chain, changed, ({ seq }) => days[seq - 1] ?? 0)
      assert.ok(findings.length > 0, days.join())
      assert.ok(
        findings.every(({ seq }) => seq === 2 || seq === 3),
        days.join(),
      )
    }
  })
})

test('a chain in which every other entry is gone is said to lack each of them', () => {
  const { chain, entries } = writeChain()
  const { findings } = follow(
    chain,
    entries.filter(({ seq }) => seq % 2 === 1),
    () => 0,
  )
  assert.deepEqual(
    findings.map(({ detail }) => detail),
    ['Entry 2 is gone.', 'Entry 4 is gone.'],
  )
})
