import { Button, Menu } from '@mantine/core'
import { IconBookmark, IconCheck, IconUsers } from '@tabler/icons-react'
import { deepEqual } from '@tanstack/react-router'
import { Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../../keyboard/shortcuts.ts'
import { useSession } from '../../session/session.tsx'
import { ManageViews } from './manage-views.tsx'
import { SaveView } from './save-view.tsx'
import type { SavedView, ViewScreen } from './saved-views-api.ts'
import { useViews } from './use-views.ts'

interface SavedViewsProps<Search extends object> {
  readonly screen: ViewScreen
  /** What is shown now, as the screen has read it from the address. */
  readonly search: Search
  /** The screen's own `validateSearch`: a view that is older than the screen opens as what is left of it. */
  readonly read: (given: Record<string, unknown>) => Search
  readonly onOpen: (search: Search) => void
}

/** The menu of a list's saved views. The screen does not wait for it. */
export function SavedViews<Search extends object>(props: SavedViewsProps<Search>) {
  return (
    <Suspense fallback={null}>
      <Views {...props} />
    </Suspense>
  )
}

function Views<Search extends object>({ screen, search, read, onOpen }: SavedViewsProps<Search>) {
  const { t } = useTranslation('saved-views')
  const { can } = useSession()
  const views = useViews(screen)
  const [isOpen, setOpen] = useState(false)
  const [dialog, setDialog] = useState<'save' | 'manage' | null>(null)
  const button = useFocusAfter(dialog)
  const run = (): void => {
    // Where the keyboard comes back to when the menu is closed.
    button.current?.focus()
    setOpen(true)
  }
  useShortcuts([{ id: 'views', keys: 'v', label: t('shortcut'), group: 'screen', run }])
  const isShown = (view: SavedView): boolean => deepEqual(read(view.search), search)
  const shown = [...views.own, ...views.team].find(isShown)
  const managed = can('views.manage') ? [...views.own, ...views.team] : views.own
  const asked = { screen, search, onClose: () => setDialog(null) }
  return (
    <>
      <Menu
        opened={isOpen}
        onChange={setOpen}
        position="bottom-end"
        width={320}
        // In the main landmark of the page, beside its button.
        withinPortal={false}
        // What is focused first is an item, and those who come by Tab reach what is further down, too.
        withInitialFocusPlaceholder={false}
        menuItemTabIndex={0}
      >
        <Menu.Target>
          <Button
            ref={button}
            size="xs"
            variant="default"
            maw={280}
            leftSection={<IconBookmark size={16} aria-hidden />}
          >
            {shown === undefined ? t('menu') : t('menuOf', { name: shown.name })}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah="70dvh" className="scrolls" aria-label={t('menu')}>
          <ViewItems views={views} shown={shown} onOpen={(view) => onOpen(read(view.search))} />
          <Menu.Divider />
          <Menu.Item onClick={() => setDialog('save')}>{t('save.do')}</Menu.Item>
          {managed.length > 0 && (
            <Menu.Item onClick={() => setDialog('manage')}>{t('manage.do')}</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {dialog === 'save' && <SaveView {...asked} own={views.own} />}
      {dialog === 'manage' && <ManageViews {...asked} views={managed} isShown={isShown} />}
    </>
  )
}

/** Gives the focus back to the button when a dialog that its menu opened is gone. */
function useFocusAfter(dialog: string | null) {
  const button = useRef<HTMLButtonElement>(null)
  const last = useRef(dialog)
  useEffect(() => {
    if (dialog === null && last.current !== null) button.current?.focus()
    last.current = dialog
  }, [dialog])
  return button
}

/** One's own, then those of the team; the one in use is marked. */
function ViewItems({
  views: { list, own, team },
  shown,
  onOpen,
}: {
  readonly views: ReturnType<typeof useViews>
  readonly shown: SavedView | undefined
  readonly onOpen: (view: SavedView) => void
}) {
  const { t } = useTranslation(['saved-views', 'common'])
  const itemOf = (view: SavedView) => (
    <ViewItem key={view.id} view={view} isShown={view.id === shown?.id} onOpen={onOpen} />
  )
  return (
    <>
      <Menu.Label>{t('own')}</Menu.Label>
      {list.isPending && <Menu.Label>{t('common:waiting')}</Menu.Label>}
      {list.isError && (
        <Menu.Item closeMenuOnClick={false} onClick={() => void list.refetch()}>
          {t('failed')}
        </Menu.Item>
      )}
      {list.isSuccess && own.length === 0 && <Menu.Label>{t('none')}</Menu.Label>}
      {own.map(itemOf)}
      {team.length > 0 && <Menu.Label>{t('team')}</Menu.Label>}
      {team.map(itemOf)}
      {list.hasNextPage && (
        <Menu.Item closeMenuOnClick={false} onClick={() => void list.fetchNextPage()}>
          {t('common:more')}
        </Menu.Item>
      )}
    </>
  )
}

function ViewItem({
  view,
  isShown,
  onOpen,
}: {
  readonly view: SavedView
  readonly isShown: boolean
  readonly onOpen: (view: SavedView) => void
}) {
  const { t } = useTranslation('saved-views')
  const { name, isOwn, isShared, owner } = view
  return (
    <Menu.RadioItem
      value={view.id}
      checked={isShown}
      checkIcon={<IconCheck size={16} aria-hidden />}
      onChange={() => onOpen(view)}
      closeMenuOnClick
      className="break"
      rightSection={
        isOwn && isShared ? <IconUsers size={16} role="img" aria-label={t('shared')} /> : null
      }
    >
      {isOwn ? name : t('of', { name, owner: owner.name })}
    </Menu.RadioItem>
  )
}
