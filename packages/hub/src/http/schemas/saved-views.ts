import { boundedText, freeText } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { type SavedView, viewScreens } from '../../store/saved-views.ts'
import { iso, text, time, uuid } from './common.ts'

export const viewScreen = z.enum(viewScreens).describe('The list that it is a view of.')
export const viewName = boundedText(100).refine(
  (name) => name.trim() === name,
  'must neither begin nor end with a space',
)

const maxBytes = 4_096
const value = z.union([
  freeText(1_000),
  z.number().min(-1e9).max(1e9),
  z.boolean(),
  z.array(freeText(200)).max(100).readonly(),
])

export const viewSearch = z
  .record(boundedText(64), value)
  .refine(
    (search) => Buffer.byteLength(JSON.stringify(search)) <= maxBytes,
    `must be at most ${maxBytes} bytes of JSON`,
  )
  .describe('What the address of the list says after `?`: its filters, order and columns.')

export const savedView = z
  .object({
    id: uuid,
    screen: viewScreen,
    name: text,
    search: viewSearch,
    isShared: z.boolean().describe('Everybody who may see the list is offered it.'),
    isOwn: z.boolean().describe('Only one’s own can be changed.'),
    owner: z.object({ id: uuid, name: text }),
    revision: z.int().describe('As an ETag, `"3"`, what `If-Match` takes.'),
    createdAt: time,
    changedAt: time,
  })
  .meta({ id: 'SavedView', description: 'A list as somebody keeps it.' })

export function savedViewView(view: SavedView, userId: string): z.infer<typeof savedView> {
  const { viewId, screen, name, search, isShared, ownerId, ownerName, revision } = view
  return {
    id: viewId,
    screen,
    name,
    search: { ...search },
    isShared,
    isOwn: ownerId === userId,
    owner: { id: ownerId, name: ownerName },
    revision,
    createdAt: iso(view.createdAt),
    changedAt: iso(view.changedAt),
  }
}
