import { Button, Tooltip, VisuallyHidden } from '@mantine/core'
import {
  IconClockPause,
  IconCloudOff,
  IconLoader,
  IconPlayerPause,
  IconPointFilled,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { usePreferences, zoneOf } from '../preferences/preferences.ts'
import { useNow } from '../views/clock.ts'
import { shortText } from '../views/time.ts'
import { pauseLive, resumeLive, useLiveState } from './live.ts'

const looks = {
  live: { icon: IconPointFilled, color: 'teal' },
  connecting: { icon: IconLoader, color: 'gray' },
  paused: { icon: IconPlayerPause, color: 'gray' },
  offline: { icon: IconCloudOff, color: 'red' },
  stale: { icon: IconClockPause, color: 'orange' },
} as const

/** Says whether the page follows the hub, and pauses that. */
export function LiveBadge() {
  const { t, i18n } = useTranslation()
  const state = useLiveState()
  const zone = zoneOf(usePreferences().timeZone)
  const now = useNow()
  const { icon: Icon, color } = looks[state.kind]
  const time =
    'since' in state ? shortText(state.since, now, { zone, language: i18n.language }) : ''
  const isPaused = state.kind === 'paused'
  const said = t(`live.${state.kind}`, { time })
  return (
    <>
      {/* Beside the button: what stands in a status is no part of a button's name. */}
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      <Tooltip label={isPaused ? t('live.resume') : t('live.pause')}>
        <Button
          size="compact-sm"
          variant="subtle"
          color={color}
          leftSection={<Icon size={14} aria-hidden />}
          onClick={isPaused ? resumeLive : pauseLive}
          aria-pressed={isPaused}
        >
          {said}
        </Button>
      </Tooltip>
    </>
  )
}
