import { HubError } from '../platform/errors.ts'
import { type Queryable, sqlState, type Tx } from './database.ts'

/** The lists that can be kept. */
export const viewScreens = ['cases', 'exceptions', 'dead_letters'] as const
export type ViewScreen = (typeof viewScreens)[number]

/** Names and values of an address, as the console reads them out of it. */
type ViewSearch = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** A list as somebody keeps it. */
export interface SavedView {
  readonly viewId: string
  readonly screen: ViewScreen
  readonly name: string
  readonly search: ViewSearch
  readonly ownerId: string
  readonly ownerName: string
  /** Everybody who may see the screen is offered it. */
  readonly isShared: boolean
  /** Grows with every change. */
  readonly revision: number
  readonly createdAt: Date
  readonly changedAt: Date
  readonly changedBy: string
}

const columns = `v.view_id as "viewId", v.screen, v.name, v.search, v.owner_id as "ownerId", u.name as "ownerName",
  v.is_shared as "isShared", v.revision, v.created_at as "createdAt", v.changed_at as "changedAt",
  v.changed_by as "changedBy"`
const withOwner = 'join user_account u on u.user_id = v.owner_id'

const uniqueViolation = '23505'

/** @throws {HubError} CONFLICT when its owner has one of this name for the screen. */
export async function insertView(
  tx: Tx,
  view: Pick<
    SavedView,
    'viewId' | 'screen' | 'name' | 'search' | 'ownerId' | 'isShared' | 'changedBy'
  >,
): Promise<SavedView> {
  const { viewId, screen, name, search, ownerId, isShared, changedBy } = view
  return naming(async () => {
    const { rows } = await tx.query<SavedView>(
      `with v as (
         insert into saved_view (view_id, screen, name, search, owner_id, is_shared, changed_by)
         values ($1, $2, $3, $4, $5, $6, $7) returning *)
       select ${columns} from v ${withOwner}`,
      [viewId, screen, name, JSON.stringify(search), ownerId, isShared, changedBy],
    )
    return only(rows)
  })
}

/** How many views somebody keeps, of all screens. */
export async function countViews(db: Queryable, ownerId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*) as count from saved_view where owner_id = $1',
    [ownerId],
  )
  return rows[0]?.count ?? 0
}

/** Holds a view against others until the transaction ends. @returns null where there is none. */
export async function lockView(tx: Tx, viewId: string): Promise<SavedView | null> {
  const { rows } = await tx.query<SavedView>(
    `select ${columns} from saved_view v ${withOwner} where v.view_id = $1 for update of v`,
    [viewId],
  )
  return rows[0] ?? null
}

/** @throws {HubError} CONFLICT when its owner has another one of this name for the screen. */
export async function updateView(
  tx: Tx,
  view: Pick<SavedView, 'viewId' | 'name' | 'search' | 'isShared' | 'changedBy'>,
): Promise<SavedView> {
  const { viewId, name, search, isShared, changedBy } = view
  return naming(async () => {
    const { rows } = await tx.query<SavedView>(
      `with v as (
         update saved_view set name = $2, search = $3, is_shared = $4, changed_by = $5, revision = revision + 1,
           changed_at = date_trunc('milliseconds', now())
         where view_id = $1 returning *)
       select ${columns} from v ${withOwner}`,
      [viewId, name, JSON.stringify(search), isShared, changedBy],
    )
    return only(rows)
  })
}

export async function deleteView(tx: Tx, viewId: string): Promise<void> {
  await tx.query('delete from saved_view where view_id = $1', [viewId])
}

/** Where a list of views goes on: behind one of somebody's own, or behind one of the team. */
export interface ViewPlace {
  readonly isOwn: boolean
  /** The name as the database sorts it. */
  readonly key: string
  readonly viewId: string
}

/** A view in a list, with where it stands in it. */
export type ListedView = SavedView & { readonly key: string }

/** Views of a screen by name: somebody's own, and behind them what others share. */
export async function listViews(
  db: Queryable,
  page: {
    readonly screen: ViewScreen
    readonly userId: string
    readonly after?: ViewPlace | undefined
    readonly limit: number
  },
): Promise<ListedView[]> {
  const { screen, userId, after, limit } = page
  const own = after === undefined || after.isOwn
  const team = own ? { key: '', viewId: firstId } : after
  // No name is empty, and none is greater than null.
  const ownKey = own ? (after?.key ?? '') : null
  const { rows } = await db.query<ListedView>(
    `with own as (
       select * from saved_view
       where owner_id = $1 and screen = $2 and lower(name) > $3
       order by lower(name) limit $6),
     team as (
       select * from saved_view
       where is_shared and screen = $2 and owner_id <> $1 and (lower(name), view_id) > ($4, $5)
       order by lower(name), view_id limit $6),
     v as (select false as of_team, * from own union all select true, * from team)
     select ${columns}, lower(v.name) as key from v ${withOwner}
     order by of_team, lower(v.name), view_id limit $6`,
    [userId, screen, ownKey, team.key, team.viewId, limit],
  )
  return rows
}

const firstId = '00000000-0000-0000-0000-000000000000'
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** Views of everybody, the newest first, for whoever runs the hub. */
export async function listAllViews(
  db: Queryable,
  { before = lastId, limit }: { readonly before?: string | undefined; readonly limit: number },
): Promise<SavedView[]> {
  const { rows } = await db.query<SavedView>(
    `select ${columns} from saved_view v ${withOwner}
     where v.view_id < $1 order by v.view_id desc limit $2`,
    [before, limit],
  )
  return rows
}

async function naming(write: () => Promise<SavedView>): Promise<SavedView> {
  try {
    return await write()
  } catch (error) {
    if (sqlState(error) !== uniqueViolation) throw error
    throw new HubError('CONFLICT', 'There is a view of this name among those of its owner already.')
  }
}

function only<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('a row that was written was not returned')
  return row
}
