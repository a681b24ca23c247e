import { Button, Group, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../problem-view.tsx'
import { Waiting } from '../waiting.tsx'
import { cancelOperation } from './bulk-api.ts'
import { OperationProgress } from './progress.tsx'
import { useOperation } from './use-operation.ts'

/** How an operation goes. It goes on when one looks away; its report stays. */
export function RunningOperation({
  id,
  onClose,
}: {
  readonly id: string
  readonly onClose: () => void
}) {
  const { t } = useTranslation(['operations', 'common'])
  const found = useOperation(id)
  const stop = useMutation({
    mutationFn: () => cancelOperation(id),
    onSettled: () => found.refetch(),
  })
  if (found.isPending) return <Waiting rows={2} />
  if (found.isError) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  const isEnded = found.data.endedAt !== null
  return (
    <Stack>
      <OperationProgress operation={found.data} />
      {stop.isError && <ProblemView error={stop.error} />}
      <Group justify="space-between">
        <Link className="list-link" to="/operations/$id" params={{ id }}>
          {t('report')}
        </Link>
        <Group>
          {!isEnded && (
            <Button variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
              {t('stop')}
            </Button>
          )}
          <Button onClick={onClose} data-autofocus>
            {t('common:close')}
          </Button>
        </Group>
      </Group>
    </Stack>
  )
}
