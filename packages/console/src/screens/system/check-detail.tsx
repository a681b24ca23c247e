import { useTranslation } from 'react-i18next'
import { durationText } from '../../views/time.ts'
import { TimeText } from '../../views/time-text.tsx'
import type { System } from './system-api.ts'

type Check = System['checks'][number]
type Said = Readonly<Record<string, string | number>>

/** The key of the sentence for each check; those that there are not have a figure of their own, or are a plain number. */
const sentences: Readonly<Record<string, string>> = {
  processes: 'processes',
  database_connections: 'database_connections',
  partitions: 'days',
  migrations: 'migrations',
  clocks: 'ms',
  event_loop: 'ms',
  timers: 'timers',
  polls: 'polls',
  configuration: 'findings',
}

/** The figure that decided, in the reader's language. */
export function CheckDetail({ check: { name, figures, detail } }: { readonly check: Check }) {
  const { t, i18n } = useTranslation('system')
  const say = (key: string, values: Said = {}) => t(`detail.${key}` as 'detail.ms', values)
  const values = Object.fromEntries(
    Object.entries(figures).filter(
      (entry): entry is [string, string | number] => entry[1] !== null,
    ),
  )
  if ('missing' in figures) return say('missing', values)
  if ('at' in figures) {
    return typeof figures['at'] === 'string' ? <TimeText at={figures['at']} /> : say('none')
  }
  if ('oldestSeconds' in figures) {
    const { count, oldestSeconds } = figures
    const lasted = durationText(Number(oldestSeconds) * 1_000, i18n.language)
    const oldest = oldestSeconds === null ? say('noneLate') : say('oldest', { lasted })
    return typeof count === 'number' ? `${say('waiting', { count })}, ${oldest}` : oldest
  }
  if (name === 'disk') return 'freeGb' in figures ? say('disk', values) : say('unknown')
  const sentence = sentences[name]
  if (sentence !== undefined) return say(sentence, values)
  return typeof figures['count'] === 'number' ? String(figures['count']) : detail
}
