import { HubError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { type Pool, type Tx, withTransaction } from '../../store/database.ts'
import {
  countViews,
  deleteView,
  insertView,
  lockView,
  type SavedView,
  updateView,
} from '../../store/saved-views.ts'
import { lockUser } from '../../store/users.ts'
import type { RecordAudit } from '../audit-recorder.ts'

interface ViewDeps {
  readonly pool: Pool
  readonly record: RecordAudit
}

/** Who does something to views. */
export interface ViewPerson {
  readonly userId: string
  readonly actor: string
  /** May take back what others share. */
  readonly managesShared: boolean
}

/** Views that one person keeps, of all screens. */
const mostViews = 100

/** Keeps a list under a name. @throws {HubError} CONFLICT for a name that is taken, and above 100. */
export function createView(
  { pool, record }: ViewDeps,
  input: Pick<SavedView, 'screen' | 'name' | 'search' | 'isShared'>,
  { userId, actor }: ViewPerson,
): Promise<SavedView> {
  return withTransaction(pool, async (tx) => {
    // Two that are made at once are counted one after the other.
    await lockUser(tx, { userId })
    if ((await countViews(tx, userId)) >= mostViews) {
      throw new HubError('CONFLICT', `Nobody keeps more than ${mostViews} views.`)
    }
    const made = { ...input, viewId: newId(), ownerId: userId, changedBy: actor }
    const view = await insertView(tx, made)
    await record(tx, [entryOf('view.created', view, { actor, isShared: view.isShared })])
    return view
  })
}

/**
 * Changes one's own view; of somebody else's, who manages shared ones may only say that it is shared no longer.
 *
 * @throws {HubError} NOT_FOUND, also for what others do not share; FORBIDDEN for what they do; PRECONDITION_FAILED;
 * CONFLICT for a name that is taken.
 */
export function changeView(
  { pool, record }: ViewDeps,
  change: {
    readonly viewId: string
    readonly expectedRevision: number
    readonly name?: string | undefined
    readonly search?: SavedView['search'] | undefined
    readonly isShared?: boolean | undefined
  },
  who: ViewPerson,
): Promise<SavedView> {
  const { actor } = who
  return withTransaction(pool, async (tx) => {
    const before = await lockSeen(tx, change.viewId, who)
    const { name = before.name, search = before.search, isShared = before.isShared } = change
    const onlyUnshares =
      change.name === undefined && change.search === undefined && change.isShared === false
    assertMay(before, who, { mayManage: onlyUnshares })
    if (before.revision !== change.expectedRevision) {
      throw new HubError('PRECONDITION_FAILED', 'The view has changed since you read it.')
    }
    const { viewId } = before
    const view = await updateView(tx, { viewId, name, search, isShared, changedBy: actor })
    const changed = (['name', 'search', 'isShared'] as const).filter(
      (what) => change[what] !== undefined,
    )
    await record(tx, [entryOf('view.changed', view, { actor, isShared, changed })])
    return view
  })
}

/** Forgets one's own view, or, for who manages shared ones, one of theirs. @throws {HubError} NOT_FOUND; FORBIDDEN. */
export function removeView(deps: ViewDeps, viewId: string, who: ViewPerson): Promise<void> {
  return withTransaction(deps.pool, async (tx) => {
    const view = await lockSeen(tx, viewId, who)
    assertMay(view, who, { mayManage: true })
    await forget(deps, tx, { view, actor: who.actor })
  })
}

/** Forgets anybody's view, for whoever runs the hub. @throws {HubError} NOT_FOUND. */
export function removeAnyView(
  deps: ViewDeps,
  viewId: string,
  { actor }: { readonly actor: string },
): Promise<SavedView> {
  return withTransaction(deps.pool, async (tx) => {
    const view = await lockView(tx, viewId)
    if (view === null) throw notFound()
    await forget(deps, tx, { view, actor })
    return view
  })
}

/** What others keep for themselves is nothing that anybody else could know of. */
async function lockSeen(tx: Tx, viewId: string, { userId }: ViewPerson): Promise<SavedView> {
  const view = await lockView(tx, viewId)
  if (view === null || (view.ownerId !== userId && !view.isShared)) throw notFound()
  return view
}

function assertMay(
  { ownerId }: SavedView,
  { userId, managesShared }: ViewPerson,
  { mayManage }: { readonly mayManage: boolean },
): void {
  if (ownerId === userId || (managesShared && mayManage)) return
  throw new HubError('FORBIDDEN', 'The view is somebody else’s: only its owner changes it.')
}

async function forget(
  { record }: ViewDeps,
  tx: Tx,
  { view, actor }: { readonly view: SavedView; readonly actor: string },
): Promise<void> {
  await deleteView(tx, view.viewId)
  await record(tx, [entryOf('view.deleted', view, { actor, isShared: view.isShared })])
}

/** Neither name nor content: somebody may have looked for a customer. */
function entryOf(
  action: string,
  { viewId, screen, ownerId }: SavedView,
  { actor, ...detail }: { readonly actor: string } & Readonly<Record<string, unknown>>,
) {
  return {
    actor,
    action,
    objectType: 'view',
    objectId: viewId,
    detail: { screen, ownerId, ...detail },
  }
}

function notFound(): HubError {
  return new HubError('NOT_FOUND', 'There is no such view.')
}
