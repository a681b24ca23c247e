import { Anchor, CloseButton, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../views/copy-button.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { type CaseRow, readSentence } from './cases-api.ts'

/** What one wants to know of a return without leaving the list. */
export function CasePreview({
  row,
  onClose,
}: {
  readonly row: CaseRow
  readonly onClose: () => void
}) {
  const { t } = useTranslation('cases')
  const about = useQuery({
    queryKey: ['returns', row.id, 'sentence', row.updatedAt],
    queryFn: () => readSentence(row.id),
  })
  return (
    <Paper
      component="aside"
      aria-label={t('preview.label', { caseNo: row.caseNo })}
      withBorder
      p="md"
      w={320}
    >
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap">
          <Title order={2} size="h4">
            {row.caseNo}
          </Title>
          <CloseButton onClick={onClose} aria-label={t('preview.close')} />
        </Group>
        <Text size="sm" aria-live="polite">
          {about.data?.sentence ?? (about.isError ? t('preview.failed') : '…')}
        </Text>
        <Text size="sm" c="dimmed">
          {t('preview.since')} <TimeText at={row.since} as="short" />
        </Text>
        {row.lastEvent !== null && (
          <Text size="sm" c="dimmed">
            {t('preview.last', { event: row.lastEvent })} <TimeText at={row.updatedAt} as="short" />
          </Text>
        )}
        <Group gap="xs">
          <Anchor component={Link} to={`/cases/${row.caseNo}`} size="sm">
            {t('preview.open')}
          </Anchor>
          <CopyButton value={row.caseNo} what={row.caseNo} />
        </Group>
      </Stack>
    </Paper>
  )
}
