import { execFile } from 'node:child_process'
import type pg from 'pg'
import type { HubOptions } from '../../../bench/environment/hub-process.ts'
import type { Findings } from './findings.ts'

/** Whether the hub's own verification finds the chain whole, and whether it would notice if it were not. */
export async function checkAudit(
  findings: Findings,
  db: pg.Client,
  hub: HubOptions & { readonly program: string },
): Promise<void> {
  const whole = await verify(hub)
  findings.expect(
    whole.code === 0,
    'audit chain broken',
    () => `exit code ${whole.code}: ${whole.output}`,
  )
  const changed = await changeOneEvent(db)
  const forged = await verify(hub)
  findings.expect(forged.code !== 0, 'a changed event not noticed', () => `of case ${changed}`)
}

function verify({ program, env }: HubOptions & { readonly program: string }) {
  return new Promise<{ code: number; output: string }>((resolve) => {
    execFile(
      process.execPath,
      [program, 'audit', 'verify'],
      { env: { ...process.env, ...env }, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({
          code: error === null ? 0 : Number(error.code ?? 1),
          output: `${stdout}${stderr}`.slice(-500),
        }),
    )
  })
}

/** As somebody with the database's password could. The database is thrown away after this. */
async function changeOneEvent(db: pg.Client): Promise<string> {
  const { rows } = await db.query<{ caseId: string }>(
    `update case_event set actor = actor || ' ' where (case_id, seq) = (
       select case_id, seq from case_event order by case_id, seq offset 3 limit 1)
     returning case_id as "caseId"`,
  )
  return rows[0]?.caseId ?? 'none'
}
