import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { WordsSet } from './words-api.ts'

/** What an import came to. */
export function Imported({
  come: { added, changed, replayed },
  onClose,
}: {
  readonly come: WordsSet
  readonly onClose: () => void
}) {
  const { t } = useTranslation(['words', 'common'])
  return (
    <Stack>
      <Alert role="status" color="teal" title={t('import.done', { count: added + changed })}>
        <Text size="sm">{t('parked.replayed', { count: replayed })}</Text>
      </Alert>
      <Group justify="flex-end">
        <Button autoFocus onClick={onClose}>
          {t('common:close')}
        </Button>
      </Group>
    </Stack>
  )
}
