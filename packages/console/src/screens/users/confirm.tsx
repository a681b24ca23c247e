import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../../views/problem-view.tsx'

/** Asks before something is done that others notice, says what it will do, and how it went. */
export function Confirm({
  title,
  about,
  work,
  refreshes,
  onClose,
  children,
}: {
  readonly title: string
  readonly about: string
  readonly work: () => Promise<unknown>
  /** The list that has to be read anew. */
  readonly refreshes: string
  readonly onClose: () => void
  readonly children?: ReactNode
}) {
  const { t } = useTranslation('common')
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: work,
    onSuccess: onClose,
    // Also where it failed: somebody else may have been faster.
    onSettled: () => queries.invalidateQueries({ queryKey: [refreshes] }),
  })
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack>
        <Text>{about}</Text>
        {children}
        {act.isError && <ProblemView error={act.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button loading={act.isPending} onClick={() => act.mutate()} data-autofocus>
            {t('confirm')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
