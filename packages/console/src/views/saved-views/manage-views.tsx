import { Badge, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../problem-view.tsx'
import { ReasonDialog } from '../reason-dialog.tsx'
import { changeView, deleteView, type SavedView, type ViewScreen } from './saved-views-api.ts'
import { viewsKey } from './use-views.ts'

interface ManageProps {
  readonly screen: ViewScreen
  /** What is shown now. */
  readonly search: object
  /** One's own; with the right to it, also those that others share. */
  readonly views: readonly SavedView[]
  readonly isShown: (view: SavedView) => boolean
  readonly onClose: () => void
}

/** What is to be asked before it is done, of which view. */
type Asked = { readonly what: 'rename' | 'delete'; readonly id: string }

/** Views renamed, brought up to what is shown, shared and removed. */
export function ManageViews(props: ManageProps) {
  const { t } = useTranslation(['saved-views', 'common'])
  const { screen, views } = props
  const queries = useQueryClient()
  const renew = () => queries.invalidateQueries({ queryKey: viewsKey(screen) })
  const [asked, ask] = useState<Asked | null>(null)
  // The view that the keyboard comes back to.
  const [lastId, setLast] = useState<string | null>(null)
  function leave(): void {
    setLast(asked?.id ?? null)
    ask(null)
  }
  // As it was last read: after somebody else has changed it, another try is one of what they left.
  const view = views.find(({ id }) => id === asked?.id)
  if (view !== undefined && asked?.what === 'delete') {
    return <DeleteView view={view} onDone={renew} onClose={leave} />
  }
  if (view !== undefined && asked?.what === 'rename') {
    return <RenameView view={view} onDone={renew} onClose={leave} />
  }
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t('manage.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {views.length === 0 ? (
        <Text size="sm">{t('none')}</Text>
      ) : (
        <ViewRows {...props} lastId={lastId} onAsk={ask} />
      )}
    </Modal>
  )
}

function ViewRows({
  screen,
  search,
  views,
  isShown,
  lastId,
  onAsk,
}: Omit<ManageProps, 'onClose'> & {
  readonly lastId: string | null
  readonly onAsk: (asked: Asked) => void
}) {
  const { t } = useTranslation('saved-views')
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: ({ view, what }: Act) => changeView(view, bodyOf(what, search)),
    onSettled: () => queries.invalidateQueries({ queryKey: viewsKey(screen) }),
  })
  return (
    <Stack>
      {act.isError && <ProblemView error={act.error} />}
      <Text size="sm" role="status">
        {act.isSuccess && t(`done.${act.variables.what}`, { name: act.data.name })}
      </Text>
      {views.map((view) => (
        <ViewRow
          key={view.id}
          view={view}
          isShown={isShown(view)}
          isLast={view.id === lastId}
          onAct={(what) => act.mutate({ view, what })}
          onAsk={(what) => onAsk({ what, id: view.id })}
        />
      ))}
    </Stack>
  )
}

type Act = { readonly view: SavedView; readonly what: 'update' | 'share' | 'unshare' }

function bodyOf(what: Act['what'], search: object) {
  return what === 'update' ? { search } : { isShared: what === 'share' }
}

function ViewRow({
  view: { name, isOwn, isShared, owner },
  isShown,
  isLast,
  onAct,
  onAsk,
}: {
  readonly view: SavedView
  readonly isShown: boolean
  readonly isLast: boolean
  readonly onAct: (what: Act['what']) => void
  readonly onAsk: (what: Asked['what']) => void
}) {
  const { t } = useTranslation('saved-views')
  const button = (what: Act['what'] | Asked['what'], onClick: () => void) => (
    <Button
      size="xs"
      variant="default"
      onClick={onClick}
      aria-label={t(`action.of.${what}`, { name })}
      {...(isLast && what === (isOwn ? 'rename' : 'delete') ? { 'data-autofocus': true } : {})}
    >
      {t(`action.${what}`)}
    </Button>
  )
  const sharing = isShared ? 'unshare' : 'share'
  return (
    <div role="group" aria-label={name}>
      <Group gap="xs" mb={4}>
        <Text size="sm" fw={600} className="break">
          {isOwn ? name : t('of', { name, owner: owner.name })}
        </Text>
        {isShared && <Badge variant="default">{t('shared')}</Badge>}
        {isShown && <Badge variant="default">{t('shown')}</Badge>}
      </Group>
      <Group gap="xs">
        {isOwn && button('rename', () => onAsk('rename'))}
        {isOwn && !isShown && button('update', () => onAct('update'))}
        {button(sharing, () => onAct(sharing))}
        {button('delete', () => onAsk('delete'))}
      </Group>
    </div>
  )
}

interface AskProps {
  readonly view: SavedView
  /** Also where it failed: somebody else may have been faster. */
  readonly onDone: () => Promise<unknown>
  readonly onClose: () => void
}

function RenameView({ view, onDone, onClose }: AskProps) {
  const { t } = useTranslation(['saved-views', 'common'])
  async function rename(name: string): Promise<void> {
    try {
      await changeView(view, { name })
    } finally {
      await onDone()
    }
    onClose()
  }
  return (
    <ReasonDialog
      isOpen
      isShort
      title={t('rename.title', { name: view.name })}
      label={t('name.label')}
      submit={t('common:save')}
      initial={view.name}
      minLength={1}
      onClose={onClose}
      onReason={rename}
    />
  )
}

/** Asks before a view is gone for good. */
function DeleteView({ view, onDone, onClose }: AskProps) {
  const { t } = useTranslation(['saved-views', 'common'])
  const remove = useMutation({ mutationFn: deleteView, onSuccess: onClose, onSettled: onDone })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('delete.title', { name: view.name })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack>
        <Text size="sm">{t(view.isShared ? 'delete.shared' : 'delete.own')}</Text>
        {remove.isError && <ProblemView error={remove.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('common:cancel')}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate(view)}>
            {t('action.delete')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
