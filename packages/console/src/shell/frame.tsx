import { AppShell, Burger, Button, Group, Kbd, NavLink, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../keyboard/shortcuts.ts'
import { startLive } from '../live/live.ts'
import { LiveBadge } from '../live/live-badge.tsx'
import { useSession } from '../session/session.tsx'
import { Palette } from './palette.tsx'
import { places } from './places.ts'
import { UserMenu } from './user-menu.tsx'

// Fetched when it is first asked for.
const ShortcutHelp = lazy(() =>
  import('./shortcut-help.tsx').then(({ ShortcutHelp: help }) => ({ default: help })),
)

/** What is around every screen: where one is, where one can go, what is live, and who one is. */
export function Frame() {
  const { t } = useTranslation()
  const [isMenuOpen, menu] = useDisclosure(false)
  const [isHelpOpen, help] = useDisclosure(false)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  useEffect(() => startLive(), [])
  // On a small screen the menu lies over what was asked for.
  useEffect(() => menu.close(), [path, menu.close])
  usePlaceShortcuts({ showHelp: help.open })
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 210, breakpoint: 'sm', collapsed: { mobile: !isMenuOpen } }}
      padding="md"
    >
      <a className="skip" href="#content">
        {t('skipToContent')}
      </a>
      <AppShell.Header className="no-print">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap" gap="sm">
            <Burger
              opened={isMenuOpen}
              onClick={menu.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isMenuOpen ? t('navigation.close') : t('navigation.open')}
            />
            <Text component={Link} to="/" fw={700} className="brand">
              {t('product')}
            </Text>
          </Group>
          <SearchButton />
          <Group gap="xs" wrap="nowrap">
            <LiveBadge />
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" className="no-print" aria-label={t('navigation.label')}>
        <Places path={path} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
      <Palette />
      {isHelpOpen && (
        <Suspense fallback={null}>
          <ShortcutHelp isOpen onClose={help.close} />
        </Suspense>
      )}
    </AppShell>
  )
}

function Places({ path }: { readonly path: string }) {
  const { t } = useTranslation()
  const { can } = useSession()
  return places
    .filter(({ right }) => can(right))
    .map(({ to, name, icon: Icon }) => {
      const isHere = to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`)
      return (
        <NavLink
          key={to}
          component={Link}
          to={to}
          label={t(`navigation.${name}`)}
          leftSection={<Icon size={18} aria-hidden />}
          active={isHere}
          {...(isHere ? { 'aria-current': 'page' as const } : {})}
        />
      )
    })
}

function SearchButton() {
  const { t } = useTranslation()
  return (
    <Button
      variant="default"
      className="search"
      onClick={() => spotlight.open()}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        <Kbd visibleFrom="md" aria-hidden>
          /
        </Kbd>
      }
      aria-label={t('search.placeholder')}
    >
      <Text size="sm" c="dimmed" visibleFrom="sm" truncate>
        {t('search.placeholder')}
      </Text>
    </Button>
  )
}

function usePlaceShortcuts({ showHelp }: { readonly showHelp: () => void }): void {
  const { t } = useTranslation()
  const { can } = useSession()
  const navigate = useNavigate()
  useShortcuts([
    { id: 'help', keys: 'Shift+?', label: t('shortcuts.help'), group: 'general', run: showHelp },
    {
      id: 'search',
      keys: '/',
      label: t('shortcuts.search'),
      group: 'general',
      run: () => spotlight.open(),
    },
    {
      id: 'palette',
      keys: '$mod+k',
      label: t('shortcuts.palette'),
      group: 'general',
      whileTyping: true,
      run: () => spotlight.toggle(),
    },
    ...places
      .filter(({ right }) => can(right))
      .map(({ to, name, key }) => ({
        id: `go.${name}`,
        keys: `g ${key}`,
        label: t('shortcuts.goTo', { what: t(`navigation.${name}`) }),
        group: 'places' as const,
        run: () => void navigate({ to }),
      })),
  ])
}
