import { Progress, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Operation } from './bulk-api.ts'

/** How far an operation has come: a bar, and the same in words. */
export function OperationProgress({ operation }: { readonly operation: Operation }) {
  const { t } = useTranslation('operations')
  const { total, done, failed, state } = operation
  const share = total === 0 ? 100 : ((done + failed) / total) * 100
  return (
    <Stack gap={4}>
      <Progress
        value={share}
        aria-label={t('progress.label')}
        color={failed > 0 ? 'orange' : 'teal'}
      />
      <Text size="sm" role="status">
        {t(`state.${state}`)}: {t('progress.done', { done, total })}
        {failed > 0 && ` · ${t('progress.failed', { count: failed })}`}
      </Text>
    </Stack>
  )
}
