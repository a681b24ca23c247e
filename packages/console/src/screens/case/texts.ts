import { useTranslation } from 'react-i18next'
import { usePreferences, zoneOf } from '../../preferences/preferences.ts'
import { useNow } from '../../views/clock.ts'
import { moneyText, type WireMoney } from '../../views/money-text.tsx'
import { durationText } from '../../views/time.ts'

type Values = Readonly<Record<string, string | number>>

/** The words of the case page, and what is filled into them, in the reader's language and zone. */
export interface CaseTexts {
  readonly say: (key: string, values?: Values) => string
  /** A word of the hub in the reader's language; the word itself where nobody has translated it. */
  readonly word: (group: string, code: string) => string
  readonly money: (value: WireMoney) => string
  /** How long something has lasted: `1 d 2 h`. */
  readonly lasted: (since: string) => string
  /** `Tue 14:05` within a week, with the date before that. */
  readonly at: (time: string) => string
  readonly isPast: (time: string) => boolean
  readonly list: (words: readonly string[]) => string
}

export function useCaseTexts(): CaseTexts {
  const { t, i18n } = useTranslation(['case', 'codes'])
  const zone = zoneOf(usePreferences().timeZone)
  const now = useNow()
  const { language } = i18n
  const translate = t as unknown as (
    key: string | readonly string[],
    values?: Values & { defaultValue?: string },
  ) => string
  return {
    say: (key, values) => translate(key, values),
    word: (group, code) =>
      translate([`${group}.${code.replaceAll('.', '_')}`, `codes:${group}.${code}`], {
        defaultValue: code,
      }),
    money: (value) => moneyText(value, language),
    lasted: (since) => durationText(now.getTime() - new Date(since).getTime(), language),
    at: (time) => dayText(new Date(time), now, { zone, language }),
    isPast: (time) => new Date(time) < now,
    list: (words) => new Intl.ListFormat(language, { type: 'conjunction' }).format(words),
  }
}

const weekMs = 6 * 86_400_000

function dayText(
  at: Date,
  now: Date,
  { zone, language }: { readonly zone: string; readonly language: string },
): string {
  const isNear = Math.abs(now.getTime() - at.getTime()) < weekMs
  const date = isNear ? {} : ({ year: 'numeric', month: 'short', day: 'numeric' } as const)
  const format = new Intl.DateTimeFormat(language, {
    weekday: 'short',
    ...date,
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone,
  })
  return format.format(at)
}
