import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { listPolls, lookNow, type Poll } from './connections-api.ts'
import { Part } from './part.tsx'

/** What a system is asked again and again, and how far that has come. Not there where it is asked nothing. */
export function PollList({ id }: { readonly id: string }) {
  const { t } = useTranslation('connections')
  const polls = useQuery({
    queryKey: ['connections', 'polls', id],
    queryFn: ({ signal }) => listPolls(id, signal),
    refetchInterval: 15_000,
  })
  if (polls.isError) return <ProblemView error={polls.error} onRetry={() => void polls.refetch()} />
  if (polls.data === undefined || polls.data.length === 0) return null
  return (
    <Part title={t('polls.title')}>
      <Stack gap="sm">
        {polls.data.map((poll) => (
          <PollLine key={poll.name} id={id} poll={poll} />
        ))}
      </Stack>
    </Part>
  )
}

function PollLine({ id, poll }: { readonly id: string; readonly poll: Poll }) {
  const { t } = useTranslation('connections')
  const queries = useQueryClient()
  const look = useMutation({
    mutationFn: () => lookNow(id, poll.name),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['connections', 'polls', id] }),
  })
  return (
    <div>
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Text fw={600}>{poll.name}</Text>
          <Text size="sm">
            {t(`polls.state.${poll.state}` as 'polls.state.waiting')}
            {' · '}
            {t('polls.read', { count: poll.totalRead })}
            {' · '}
            {t('polls.next')} <TimeText at={poll.dueAt} />
          </Text>
          {poll.failures > 0 && (
            <Text size="sm">
              {t('polls.failures', { count: poll.failures })} {poll.lastReason}
            </Text>
          )}
        </div>
        <Allowed right="connections.manage">
          <Button
            size="xs"
            variant="default"
            loading={look.isPending}
            onClick={() => look.mutate()}
            aria-label={t('polls.lookAt', { name: poll.name })}
          >
            {t('polls.look')}
          </Button>
        </Allowed>
      </Group>
      {look.isError && <ProblemView error={look.error} />}
    </div>
  )
}
