import {
  ActionIcon,
  Menu,
  SegmentedControl,
  Select,
  Stack,
  Text,
  useMantineColorScheme,
} from '@mantine/core'
import { IconLogout, IconUserCircle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import {
  changePreferences,
  languageOf,
  languages,
  usePreferences,
  zoneOf,
} from '../preferences/preferences.ts'
import { sessionKey, useSession } from '../session/session.tsx'
import { signOut } from '../session/session-api.ts'

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
        <Settings />
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

const languageNames = { en: 'English', de: 'Deutsch' } as const

function Settings() {
  const { t, i18n } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { language, timeZone, density } = usePreferences()
  const here = zoneOf('local')
  return (
    <Stack gap="xs" p="xs">
      <Text size="xs" c="dimmed" id="theme-label">
        {t('user.theme')}
      </Text>
      <SegmentedControl
        size="xs"
        aria-labelledby="theme-label"
        value={colorScheme}
        onChange={(value) => setColorScheme(value)}
        data={[
          { value: 'auto', label: t('user.themeAuto') },
          { value: 'light', label: t('user.themeLight') },
          { value: 'dark', label: t('user.themeDark') },
        ]}
      />
      <Select
        size="xs"
        label={t('user.language')}
        value={language}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={(value) => {
          const chosen = value ?? 'auto'
          changePreferences({ language: chosen })
          void i18n.changeLanguage(languageOf(chosen, navigator.languages))
        }}
        data={[
          { value: 'auto', label: t('user.languageAuto') },
          ...languages.map((value) => ({ value, label: languageNames[value] })),
        ]}
      />
      <Select
        size="xs"
        label={t('user.zone')}
        value={timeZone}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={(value) => changePreferences({ timeZone: value ?? 'local' })}
        data={[
          { value: 'local', label: t('user.zoneLocal', { zone: here }) },
          { value: 'UTC', label: t('time.utc') },
        ]}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('user.density')}
        value={density}
        onChange={(value) => changePreferences({ density: value })}
        data={[
          { value: 'comfortable', label: t('user.densityComfortable') },
          { value: 'compact', label: t('user.densityCompact') },
        ]}
      />
    </Stack>
  )
}
