import { Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { usePreferences, zoneOf } from '../../preferences/preferences.ts'
import { useNow } from '../../views/clock.ts'
import { shortText } from '../../views/time.ts'
import type { HourOfTries } from './connections-api.ts'

const hours = 24
const hourMs = 3_600_000

/** The tries of a day, hour by hour: how many failed is the height of the dark part, and is said in words. */
export function TriesStrip({ tries }: { readonly tries: readonly HourOfTries[] }) {
  const { t } = useTranslation('connections')
  const now = useNow()
  const first = Math.floor(now.getTime() / hourMs) - hours + 1
  const byHour = new Map(tries.map((hour) => [Date.parse(hour.hour) / hourMs, hour]))
  const slots = Array.from({ length: hours }, (_, place) => first + place)
  const total = tries.reduce((sum, { count }) => sum + count, 0)
  const failed = tries.reduce((sum, hour) => sum + hour.failed, 0)
  return (
    <div className="strip" role="img" aria-label={t('strip.label', { count: total, failed })}>
      {slots.map((slot) => (
        <Hour key={slot} at={new Date(slot * hourMs)} tries={byHour.get(slot)} />
      ))}
    </div>
  )
}

function Hour({ at, tries }: { readonly at: Date; readonly tries: HourOfTries | undefined }) {
  const { t, i18n } = useTranslation('connections')
  const zone = zoneOf(usePreferences().timeZone)
  const now = useNow()
  const time = shortText(at, now, { zone, language: i18n.language })
  const { count = 0, failed = 0 } = tries ?? {}
  const state = count === 0 ? 'none' : failed === 0 ? 'fine' : failed < count ? 'some' : 'all'
  return (
    <Tooltip label={t('strip.hour', { time, count, failed })}>
      <span className="strip-hour" data-state={state} />
    </Tooltip>
  )
}
