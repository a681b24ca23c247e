import { Alert, Code, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../views/copy-button.tsx'

/** Something secret that is shown this once: whoever closes it has copied it, or makes another. */
export function ShownOnce({ value, about }: { readonly value: string; readonly about: string }) {
  const { t } = useTranslation('users')
  return (
    <Alert role="status" color="blue" title={t('once.title')}>
      <Text size="sm">{about}</Text>
      <Group gap="xs" mt="xs">
        <Code block>{value}</Code>
        <CopyButton value={value} what={t('once.what')} />
      </Group>
    </Alert>
  )
}
