import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../../views/problem-view.tsx'
import { removeWord, type WordEntry } from './words-api.ts'

interface Removed {
  readonly vocabulary: string
  readonly entry: WordEntry
  readonly onClose: () => void
}

/** Asks before a word loses its meaning, and says what follows from that. Mounted also while there is nothing to ask. */
export function RemoveDialog({
  entry,
  isOpen,
  ...removed
}: Omit<Removed, 'entry'> & { readonly entry: WordEntry | null; readonly isOpen: boolean }) {
  const { t } = useTranslation(['words', 'common'])
  return (
    <Modal
      opened={isOpen}
      onClose={removed.onClose}
      title={t('remove.title', { word: entry?.sourceValue })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {entry !== null && <Removal entry={entry} {...removed} />}
    </Modal>
  )
}

function Removal({ vocabulary, entry, onClose }: Removed) {
  const { t } = useTranslation(['words', 'common'])
  const queries = useQueryClient()
  const { sourceValue: word, canonicalValue: meaning, connectionId } = entry
  const removal = useMutation({
    mutationFn: () => removeWord(vocabulary, entry),
    onSuccess() {
      notifications.show({ message: t('remove.done', { word }) })
      onClose()
    },
    // Also where it failed: somebody else may have been faster.
    onSettled: () => queries.invalidateQueries({ queryKey: ['words'] }),
  })
  const what =
    connectionId === null
      ? t('remove.whatEvery', { word, meaning })
      : t('remove.what', { word, meaning, connection: connectionId })
  return (
    <Stack>
      <Text>{what}</Text>
      <Text size="sm">{t('remove.about')}</Text>
      {removal.isError && <ProblemView error={removal.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button
          color="red"
          loading={removal.isPending}
          onClick={() => removal.mutate()}
          data-autofocus
        >
          {t('remove.do')}
        </Button>
      </Group>
    </Stack>
  )
}
