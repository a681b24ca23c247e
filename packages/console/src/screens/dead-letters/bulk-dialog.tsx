import { Button, Group, List, Modal, Stack, Text, Textarea } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../../views/problem-view.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { type BulkAction, doBulk, planBulk } from './letters-api.ts'

/** Says what an action on dead letters would do, and does it when somebody wants it. */
export function BulkDialog({
  action,
  onClose,
}: {
  readonly action: BulkAction
  readonly onClose: (isDone: boolean) => void
}) {
  const { t } = useTranslation('dead-letters')
  const { kind } = action
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const plan = useQuery({
    queryKey: ['dead-letters', 'plan', action],
    queryFn: () => planBulk(action),
    gcTime: 0,
  })
  const run = useMutation({
    mutationFn: () => doBulk(action, reason.trim()),
    onSuccess: async ({ count, left }) => {
      notifications.show({ message: t(`${kind}.done`, { count, left }) })
      await queries.invalidateQueries({ queryKey: ['dead-letters'] })
      onClose(true)
    },
  })
  const isMute = kind === 'discard' && reason.trim() === ''
  return (
    <Modal
      opened
      onClose={() => onClose(false)}
      title={t(`${kind}.title`)}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack>
        {plan.isPending && <Waiting rows={2} />}
        {plan.isError && <ProblemView error={plan.error} onRetry={() => void plan.refetch()} />}
        {plan.data && (
          <>
            <Text fw={600}>{t(`${kind}.count`, { count: plan.data.count })}</Text>
            <Text size="sm">{t(`${kind}.effect`)}</Text>
            <Text size="sm">{t('sample')}:</Text>
            <List size="sm">
              {plan.data.sample.map(({ id, caseNo, command, connectionId }) => (
                <List.Item key={id}>
                  {t('and', { caseNo, command, connection: connectionId })}
                </List.Item>
              ))}
            </List>
          </>
        )}
        {kind === 'discard' && (
          <Textarea
            label={t('reason')}
            required
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
        )}
        {run.isError && <ProblemView error={run.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onClose(false)}>
            {t('common:cancel')}
          </Button>
          <Button
            {...(kind === 'discard' ? { color: 'red' } : {})}
            disabled={plan.data === undefined || plan.data.count === 0 || isMute}
            loading={run.isPending}
            onClick={() => run.mutate()}
          >
            {t(`${kind}.do`, { count: plan.data?.count ?? 0 })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
