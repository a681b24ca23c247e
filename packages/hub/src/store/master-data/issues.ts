import type { Queryable } from '../database.ts'

/** What a steward of master data has to look at. */
export const issueTypes = ['ambiguous', 'refused', 'unknown'] as const
export type IssueType = (typeof issueTypes)[number]

/**
 * `ambiguous`: an identifier names several; `refused`: a record was not acceptable; `unknown`: messages ask
 * for an identifier that nobody has.
 */
export interface IssueRow {
  readonly type: IssueType
  /** Of what: `product`, `party`, or the kind of the record. */
  readonly object: string
  /** Kind of the identifier; null for a record. */
  readonly kind: string | null
  /** The scope of the identifier, the connection that asked, or the source of the record. */
  readonly scope: string
  /** The identifier, or the id of the record. */
  readonly value: string
  readonly candidates: readonly string[]
  readonly code: string | null
  readonly detail: string | null
  readonly times: number
  readonly firstAt: Date
  readonly lastAt: Date
}

/** The last issue of the page before. */
export type IssuePlace = readonly [
  type: string,
  object: string,
  value: string,
  kind: string,
  scope: string,
]

export const firstIssue: IssuePlace = ['', '', '', '', '']

const sources = {
  ambiguous: `select 'ambiguous' as type, object, kind, scope, value_key as value, candidates, null as code, null as detail,
      1::bigint as times, found_at as first_at, found_at as last_at
    from identifier_conflict where $1 < 'ambiguous' or
      ($1 = 'ambiguous' and (object, value_key, kind, scope) > ($2, $3, $4, $5))
    order by object, value_key, kind, scope limit $6`,
  refused: `select 'refused', kind, null, source, item_key, '{}', code, detail, times, first_at, last_at
    from master_data_refusal where $1 < 'refused' or
      ($1 = 'refused' and (kind, item_key, '', source) > ($2, $3, $4, $5))
    order by kind, item_key, source limit $6`,
  unknown: `select 'unknown', object, kind, scope, value_key, '{}', null, null, times, first_at, last_at
    from unknown_identifier where $1 < 'unknown' or
      ($1 = 'unknown' and (object, value_key, kind, scope) > ($2, $3, $4, $5))
    order by object, value_key, kind, scope limit $6`,
} as const satisfies Record<IssueType, string>

/** Issues, one type after the other, behind the place that is given. */
export async function listIssues(
  db: Queryable,
  page: {
    readonly type?: IssueType | undefined
    readonly after: IssuePlace
    readonly limit: number
  },
): Promise<IssueRow[]> {
  const types = page.type === undefined ? issueTypes : [page.type]
  const { rows } = await db.query<IssueRow>(
    `select type, object, kind, scope, value, candidates, code, detail, times,
       first_at as "firstAt", last_at as "lastAt"
     from (${types.map((type) => `(${sources[type]})`).join(' union all ')}) as issue
       (type, object, kind, scope, value, candidates, code, detail, times, first_at, last_at)
     order by type, object, value, coalesce(kind, ''), scope limit $6`,
    [...page.after, page.limit],
  )
  return rows
}

export function placeOf({ type, object, value, kind, scope }: IssueRow): IssuePlace {
  return [type, object, value, kind ?? '', scope]
}

/** How many issues there are of each type. */
export async function countIssues(db: Queryable): Promise<Record<IssueType, number>> {
  const { rows } = await db.query<Record<IssueType, number>>(
    `select (select count(*) from identifier_conflict) as ambiguous,
       (select count(*) from master_data_refusal) as refused,
       (select count(*) from unknown_identifier) as unknown`,
  )
  return rows[0] ?? { ambiguous: 0, refused: 0, unknown: 0 }
}
