import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

type CodeGroup = 'exception' | 'action' | 'channel' | 'reason' | 'about' | 'vocabulary'

/** Says codes of the hub in the reader's language; the code itself, or what else is given, where nobody has translated it. */
export function useCodes(): (group: CodeGroup, code: string, otherwise?: string) => string {
  const { t } = useTranslation('codes')
  return useMemo(() => {
    const translate = t as unknown as (key: string, values: { defaultValue: string }) => string
    return (group, code, otherwise = code) =>
      translate(`${group}.${code}`, { defaultValue: otherwise })
  }, [t])
}
