import type { DecidedTerms, LineDecision, PolicyInputs, Reason, Verdict } from '../domain/index.ts'
import type { Queryable, Tx } from './database.ts'

/** A decision as it is kept. */
export interface StoredDecision {
  readonly decisionId: string
  readonly caseId: string
  /** Of the case when it was decided. */
  readonly caseVersion: number
  readonly decidedAt: Date
  /** `hub`, or the person who decided against the rules. */
  readonly decidedBy: string
  readonly ruleSet: string
  readonly ruleSetVersion: number
  readonly verdict: Verdict
  readonly lines: readonly LineDecision[]
  readonly reasons: readonly Reason[]
  readonly terms: DecidedTerms | null
  readonly inputs: PolicyInputs
  readonly inputsDigest: string
}

/** Notes when a rule set has to be asked about cases; for one that is noted already, this is the time now. */
export async function putPolicyDue(
  tx: Tx,
  due: readonly { readonly caseId: string; readonly dueAt: Date }[],
): Promise<void> {
  if (due.length === 0) return
  await tx.query({
    name: 'put-policy-due',
    text: `insert into policy_due (case_id, due_at)
      select id, at from unnest($1::uuid[], $2::timestamptz[]) as t (id, at) order by id
      on conflict (case_id) do update set due_at = excluded.due_at, failures = 0`,
    values: [due.map(({ caseId }) => caseId), due.map(({ dueAt }) => dueAt)],
  })
}

/** The cases that have been due for longest. Nothing is locked: lock the cases, and then take them. */
export async function listPolicyDue(db: Queryable, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ caseId: string }>({
    name: 'list-policy-due',
    text: `select case_id as "caseId" from policy_due where due_at <= now() order by due_at limit $1`,
    values: [limit],
  })
  return rows.map(({ caseId }) => caseId)
}

/** Takes cases, whose rows the transaction has locked, off the table. @returns those that were still due. */
export async function takePolicyDue(tx: Tx, caseIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ caseId: string }>({
    name: 'take-policy-due',
    text: `delete from policy_due where case_id = any ($1::uuid[]) and due_at <= now() returning case_id as "caseId"`,
    values: [caseIds],
  })
  return new Set(rows.map(({ caseId }) => caseId))
}

/** Whether a rule set has to be asked about a case now. */
export async function isPolicyDue(db: Queryable, caseId: string): Promise<boolean> {
  const { rows } = await db.query<{ isDue: boolean }>({
    name: 'is-policy-due',
    text: `select exists (select from policy_due where case_id = $1 and due_at <= now()) as "isDue"`,
    values: [caseId],
  })
  return rows[0]?.isDue === true
}

const longestWaitMinutes = 60

/** Lets the case that has been due for longest wait, longer each time. */
export async function postponePolicyDue(tx: Tx): Promise<string | null> {
  const { rows } = await tx.query<{ caseId: string }>(
    `update policy_due set failures = failures + 1,
       due_at = now() + make_interval(mins => least($1, 1 << least(failures, 10)))
     where case_id = (select case_id from policy_due where due_at <= now() order by due_at limit 1)
     returning case_id as "caseId"`,
    [longestWaitMinutes],
  )
  return rows[0]?.caseId ?? null
}

/**
 * Has transactions that decide on returns of one order take turns, until each commits: the second one sees what
 * the first has authorized.
 */
export async function lockOrders(tx: Tx, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await tx.query(
    `select pg_advisory_xact_lock(key)
     from (select distinct hashtextextended(name, 727484002) as key from unnest($1::text[]) name order by key) k`,
    [names],
  )
}

export async function insertDecisions(
  db: Queryable,
  decisions: readonly StoredDecision[],
): Promise<void> {
  if (decisions.length === 0) return
  await db.query({
    name: 'insert-decisions',
    text: `insert into policy_decision (decision_id, case_id, case_version, decided_at, decided_by, rule_set, rule_set_version, verdict, lines, reasons, terms, inputs, inputs_digest)
      select "decisionId", "caseId", "caseVersion", "decidedAt", "decidedBy", "ruleSet", "ruleSetVersion", verdict, lines, reasons, terms, inputs, "inputsDigest"
      from json_to_recordset($1) as g ("decisionId" uuid, "caseId" uuid, "caseVersion" int, "decidedAt" timestamptz, "decidedBy" text, "ruleSet" text, "ruleSetVersion" int, verdict text, lines json, reasons json, terms json, inputs json, "inputsDigest" text)
      on conflict (decision_id) do nothing`,
    values: [JSON.stringify(decisions)],
  })
}

const decisionColumns = `decision_id as "decisionId", case_id as "caseId", case_version as "caseVersion", decided_at as "decidedAt",
  decided_by as "decidedBy", rule_set as "ruleSet", rule_set_version as "ruleSetVersion", verdict, lines, reasons, terms, inputs,
  inputs_digest as "inputsDigest"`

/** A page of the decisions on a case, the newest first, before the one with the id `before`. */
export async function listDecisions(
  db: Queryable,
  page: { readonly caseId: string; readonly before?: string | undefined; readonly limit: number },
): Promise<StoredDecision[]> {
  const { caseId, before, limit } = page
  const { rows } = await db.query<StoredDecision>(
    `select ${decisionColumns} from policy_decision
     where case_id = $1 and ($2::uuid is null or decision_id < $2) order by decision_id desc limit $3`,
    [caseId, before ?? null, limit],
  )
  return rows
}

/** What was decided of the lines of cases, in the order of the decisions. */
export async function listDecidedLines(
  db: Queryable,
  caseIds: readonly string[],
): Promise<
  (Pick<LineDecision, 'lineNo' | 'verdict' | 'quantity'> & { readonly caseId: string })[]
> {
  if (caseIds.length === 0) return []
  const { rows } = await db.query<
    Pick<LineDecision, 'lineNo' | 'verdict' | 'quantity'> & { readonly caseId: string }
  >({
    name: 'list-decided-lines',
    text: `select d.case_id as "caseId", l."lineNo", l.verdict, l.quantity
      from policy_decision d cross join lateral json_to_recordset(d.lines) as l ("lineNo" int, verdict text, quantity text)
      where d.case_id = any ($1::uuid[]) order by d.case_id, d.decision_id`,
    values: [caseIds],
  })
  return rows
}
