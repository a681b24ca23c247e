import { Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keysOf, type Shortcut, useActiveShortcuts } from '../keyboard/shortcuts.ts'
import { useSession } from '../session/session.tsx'
import { places } from './places.ts'

/** Ctrl-K: goes to screens, finds returns by any number, and does what keys do on the screen. */
export function Palette() {
  const { t } = useTranslation()
  const { can } = useSession()
  const navigate = useNavigate()
  const shortcuts = useActiveShortcuts()
  const [text, setText] = useState('')
  const wanted = text.trim()
  const go = places
    .filter(({ right }) => can(right))
    .map(({ to, name, icon: Icon }) => ({
      id: `go-${name}`,
      label: t('search.goTo', { what: t(`navigation.${name}`) }),
      leftSection: <Icon size={18} aria-hidden />,
      onClick: () => void navigate({ to }),
    }))
  const find: SpotlightActionData[] =
    wanted === ''
      ? []
      : [
          {
            id: 'find',
            label: t('search.find', { text: wanted }),
            keywords: wanted,
            leftSection: <IconSearch size={18} aria-hidden />,
            onClick: () => void navigate({ to: '/go/$id', params: { id: wanted } }),
          },
        ]
  const act = shortcuts.filter(({ group }) => group === 'screen').map(actionOf)
  return (
    <Spotlight
      query={text}
      onQueryChange={setText}
      shortcut={null}
      actions={[
        { group: t('search.group.find'), actions: find },
        { group: t('search.group.act'), actions: act },
        { group: t('search.group.go'), actions: go },
      ]}
      nothingFound={t('search.nothing')}
      searchProps={{ placeholder: t('search.placeholder'), 'aria-label': t('search.label') }}
      scrollable
      maxHeight={420}
    />
  )
}

function actionOf(shortcut: Shortcut): SpotlightActionData {
  const { id, label, run } = shortcut
  return { id: `act-${id}`, label, description: keysOf(shortcut), onClick: run }
}
