import { Stack, Tabs } from '@mantine/core'
import { createLazyRoute, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../session/session.tsx'
import { Screen } from '../../views/screen.tsx'
import { Keys } from './keys.tsx'
import { People } from './people.tsx'
import { Roles } from './roles.tsx'
import { tabs } from './route.ts'

export const Route = createLazyRoute('/users')({ component: UsersScreen })

/** Who and what may use the hub. */
function UsersScreen() {
  const { t } = useTranslation('users')
  const { session } = useSession()
  const { tab = 'people', role } = Route.useSearch()
  const navigate = useNavigate()
  return (
    <Screen title={t('title')} about={t('about', { name: session.user.name })}>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) => {
          const chosen = tabs.find((one) => one === value)
          void navigate({ to: '/users', search: chosen === undefined ? {} : { tab: chosen } })
        }}
      >
        <Tabs.List mb="md">
          {tabs.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`tab.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="people">
          <Stack>
            <People />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <Stack>
            <Keys />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="roles">
          <Stack>
            <Roles role={role} />
          </Stack>
        </Tabs.Panel>
      </Tabs>
    </Screen>
  )
}
