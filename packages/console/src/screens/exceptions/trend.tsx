import { useTranslation } from 'react-i18next'

const [width, height] = [84, 20]

/** How many came on each of the last days, as bars; the figures are told to those who do not see them. */
export function Trend({ days }: { readonly days: readonly number[] }) {
  const { t } = useTranslation('exceptions')
  const top = Math.max(1, ...days)
  const step = width / days.length
  return (
    <svg
      width={width}
      height={height}
      role="img"
      aria-label={t('trend', { days: days.join(', ') })}
      fill="currentColor"
    >
      {days.map((count, day) => {
        const tall = count === 0 ? 1 : Math.max(2, (count / top) * height)
        // The days have no name but their place.
        return (
          <rect
            key={`${day}:${count}`}
            x={day * step}
            y={height - tall}
            width={step - 1}
            height={tall}
          />
        )
      })}
    </svg>
  )
}
