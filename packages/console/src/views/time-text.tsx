import { Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { usePreferences, zoneOf } from '../preferences/preferences.ts'
import { useNow } from './clock.ts'
import { durationText, exactText, relativeText, shortText } from './time.ts'

/** A time: how long ago, or when; the other, with its zone and in UTC, on hover and focus. */
export function TimeText({
  at,
  as = 'relative',
}: {
  readonly at: string
  readonly as?: 'relative' | 'short' | 'exact'
}) {
  const { i18n } = useTranslation()
  const zone = zoneOf(usePreferences().timeZone)
  const now = useNow()
  const time = new Date(at)
  const language = i18n.language
  const exact = exactText(time, zone, language)
  const texts = {
    relative: () => relativeText(time, now, language),
    short: () => shortText(time, now, { zone, language }),
    exact: () => exact,
  }
  const utc = zone === 'UTC' ? '' : ` · ${exactText(time, 'UTC', language)}`
  return (
    <Tooltip
      label={`${relativeText(time, now, language)} · ${exact}${utc}`}
      multiline
      events={tips}
    >
      <time dateTime={at} tabIndex={-1}>
        {texts[as]()}
      </time>
    </Tooltip>
  )
}

const tips = { hover: true, focus: true, touch: true }

/** How long something has lasted, and goes on lasting. */
export function SinceText({ at }: { readonly at: string }) {
  const { i18n } = useTranslation()
  const now = useNow()
  return <span>{durationText(now.getTime() - new Date(at).getTime(), i18n.language)}</span>
}
