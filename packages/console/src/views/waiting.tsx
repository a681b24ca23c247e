import { Skeleton, Stack, VisuallyHidden } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

/** What comes sooner than this is shown at once, without a flicker in between. */
const patienceMs = 150

/** Stands where something is on its way. */
export function Waiting({ rows = 4 }: { readonly rows?: number }) {
  const { t } = useTranslation(undefined, { useSuspense: false })
  const [isShown, show] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => show(true), patienceMs)
    return () => clearTimeout(timer)
  }, [])
  if (!isShown) return null
  return (
    <Stack gap="sm" p="md" aria-busy="true">
      <VisuallyHidden role="status">{t('waiting')}</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={row === 0 ? 28 : 16} width={row === 0 ? '40%' : '100%'} />
      ))}
    </Stack>
  )
}
