import { useTranslation } from 'react-i18next'
import { usePreferences, zoneOf } from '../preferences/preferences.ts'
import { useNow } from './clock.ts'
import { exactText, relativeText } from './time.ts'

/** A time in a list of many: how long ago, with the exact one as its title. Lighter than `TimeText`. */
export function ListTime({ at }: { readonly at: string }) {
  const { i18n } = useTranslation()
  const zone = zoneOf(usePreferences().timeZone)
  const now = useNow()
  const time = new Date(at)
  return (
    <time dateTime={at} title={exactText(time, zone, i18n.language)}>
      {relativeText(time, now, i18n.language)}
    </time>
  )
}
