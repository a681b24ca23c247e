import { SegmentedControl, Select, Stack, Text, useMantineColorScheme } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import {
  changePreferences,
  languageOf,
  languages,
  usePreferences,
  zoneOf,
} from '../preferences/preferences.ts'

const languageNames = { en: 'English', de: 'Deutsch' } as const

/** How somebody wants the console, on this computer. */
export function Settings() {
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
