import { ActionIcon, Menu } from '@mantine/core'
import { IconLogout, IconUserCircle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { sessionKey, useSession } from '../session/session.tsx'
import { signOut } from '../session/session-api.ts'

// Fetched when the menu is first opened.
const Settings = lazy(() =>
  import('./settings.tsx').then(({ Settings: settings }) => ({ default: settings })),
)

/** Who is signed in, how they want the console, and the way out. */
export function UserMenu() {
  const { t } = useTranslation()
  const { session } = useSession()
  const queries = useQueryClient()
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      queries.setQueryData(sessionKey, null)
      // What one person saw is not for the next.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] })
    },
  })
  const role = t(`role.${session.user.role}` as 'role.admin')
  return (
    <Menu position="bottom-end" width={280} closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('user.menu')}>
          <IconUserCircle aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('user.signedInAs', { name: session.user.name, role })}</Menu.Label>
        <Suspense fallback={null}>
          <Settings />
        </Suspense>
        <Menu.Divider />
        <Menu.Item
          component={Link}
          to="/account"
          closeMenuOnClick
          leftSection={<IconUserCircle size={16} aria-hidden />}
        >
          {t('user.account')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          onClick={() => leave.mutate()}
        >
          {t('user.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
