import type { Command } from 'commander'
import { type AuditFinding, auditFindingKinds } from '../../pipeline/audit/finding.ts'
import { keptSince } from '../../pipeline/audit/kept-since.ts'
import { auditSealKeys } from '../../pipeline/audit-seal.ts'
import { type AuditProgress, verifyAudit } from '../../pipeline/verify-audit.ts'
import { loadKeyRing } from '../../platform/crypto/key-ring.ts'
import type { Actions, Handler } from '../action.ts'
import { wholeNumber } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { exitCodes } from '../exit-code.ts'
import { hasMasterKey } from '../open-database.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../table.ts'
import { type CliDatabase, withDatabase } from '../with-database.ts'

export function addAuditCommands(program: Command, actions: Actions): void {
  const group = program.command('audit').description('Prove that nobody touched the record.')
  group
    .command('verify')
    .description(
      'Follow every chain of the audit log and hold the history of every return against it. Exits with 1 where something does not hold.',
    )
    .option('-n, --limit <count>', 'how many findings to show; all are counted', parseMany, 100)
    .action(actions.run(verify))
}

function parseMany(text: string): number {
  return wholeNumber(text, { from: 0, to: 100_000 })
}

const columns: readonly Column<AuditFinding>[] = [
  { title: 'FINDING', value: ({ kind }) => kind },
  { title: 'CHAIN', value: ({ chain }) => chain },
  { title: 'NO', value: ({ seq }) => seq, align: 'right' },
  { title: 'CASE', value: (finding) => finding.case },
  { title: 'DETAIL', value: ({ detail }) => detail },
]

const verify: Handler<{ readonly limit: number }> = (session, { options: { limit } }) =>
  withDatabase(session, { database: 'migrated' }, async (database) => {
    const findings: AuditFinding[] = []
    const report = await verifyAudit(database.pool, {
      sealKeys: await sealKeys(database),
      keptSince: keptSince(database.config.retention.caseEventDays, new Date()),
      report: (finding) => {
        if (findings.length < limit) findings.push(finding)
      },
      onProgress: progressLine(session),
    }).finally(() => session.progress(null))
    const isWhole = report.findings === 0
    const { chains, entries, events, anchors } = report
    const counts = `${chains} chains, ${entries} entries, ${events} events, ${anchors} anchors`
    session.show(
      { isWhole, counts: { chains, entries, events, anchors }, found: report.findings, findings },
      () =>
        isWhole
          ? `The audit log is whole: ${counts}.`
          : `${table(findings, columns, { hasColor: session.hasColor })}\n\n${report.findings} findings in ${counts}.`,
    )
    if (isWhole) return undefined
    for (const kind of new Set(findings.map((finding) => finding.kind))) {
      session.say(`${kind}: ${auditFindingKinds[kind]}`)
    }
    return exitCodes.error
  })

async function sealKeys({ config }: CliDatabase): Promise<readonly Buffer[]> {
  const { masterKey, dataDir } = config
  if (await hasMasterKey(config))
    return auditSealKeys(await loadKeyRing({ masterKey, dataDir })).all
  throw new CliError(
    'auth',
    'The seals cannot be checked without the hub’s master key: set BACKHAUL_MASTER_KEY, or run it where the hub’s data folder is.',
    { code: 'MASTER_KEY_MISSING' },
  )
}

/** Says every so often how far it has come. */
function progressLine(session: Session): (progress: AuditProgress) => void {
  let shown = -1
  return ({ done, total }) => {
    const percent = total === 0 ? 100 : Math.min(100, Math.floor((100 * done) / total))
    if (percent === shown) return
    shown = percent
    session.progress(`verifying ${percent} %`)
  }
}
