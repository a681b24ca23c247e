import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { TimeText } from '../../views/time-text.tsx'
import type { Said } from './words-api.ts'

/** What a word means, and from when to when where that is not always. */
export function Meaning({
  said: { canonicalValue, validFrom, validTo },
}: {
  readonly said: Pick<Said, 'canonicalValue' | 'validFrom' | 'validTo'>
}) {
  const { t } = useTranslation('words')
  if (validFrom === null && validTo === null) return canonicalValue
  return (
    <>
      {canonicalValue}
      {validFrom !== null && (
        <Text size="xs" c="dimmed">
          {t('words.from')} <TimeText at={validFrom} as="exact" />
        </Text>
      )}
      {validTo !== null && (
        <Text size="xs" c="dimmed">
          {t('words.until')} <TimeText at={validTo} as="exact" />
        </Text>
      )}
    </>
  )
}
