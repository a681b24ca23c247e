import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../views/copy-button.tsx'
import type { CaseRow } from './cases-api.ts'

/** What can be done with the returns that are selected. */
export function SelectionBar({
  rows,
  onClear,
}: {
  readonly rows: readonly CaseRow[]
  readonly onClear: () => void
}) {
  const { t } = useTranslation('cases')
  if (rows.length === 0) return null
  const numbers = rows.map(({ caseNo }) => caseNo).join('\n')
  return (
    <Group gap="sm" role="status">
      <Text size="sm">{t('selected', { count: rows.length })}</Text>
      <CopyButton value={numbers} what={t('numbers')}>
        {t('numbers')}
      </CopyButton>
      <Button size="xs" variant="subtle" onClick={onClear}>
        {t('clear')}
      </Button>
    </Group>
  )
}
