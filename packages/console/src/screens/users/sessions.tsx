import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { endSessions, readSessions, type User } from './users-api.ts'

/** Where somebody is signed in; each of it can be ended. */
export function Sessions({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const { t } = useTranslation(['users', 'common'])
  const found = useQuery({
    queryKey: ['users', user.id, 'sessions'],
    queryFn: () => readSessions(user),
  })
  const end = useMutation({
    mutationFn: (session: string | undefined) => endSessions(user, session),
    onSuccess: () => found.refetch(),
  })
  const sessions = found.data?.data ?? []
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('sessions.title', { name: user.name })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack>
        {found.isPending && <Waiting rows={2} />}
        {found.isError && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
        {end.isError && <ProblemView error={end.error} />}
        {found.isSuccess && sessions.length === 0 && <Text>{t('sessions.none')}</Text>}
        {sessions.map(({ id, address, userAgent, createdAt, lastSeenAt }) => (
          <Group key={id} justify="space-between" wrap="nowrap">
            <div>
              <Text size="sm">
                {t('sessions.from', { address })} <TimeText at={createdAt} />
              </Text>
              <Text size="xs" c="dimmed">
                {t('sessions.seen')} <TimeText at={lastSeenAt} /> · {userAgent}
              </Text>
            </div>
            <Allowed right="users.manage">
              <Button size="xs" variant="default" onClick={() => end.mutate(id)}>
                {t('sessions.end')}
              </Button>
            </Allowed>
          </Group>
        ))}
        {sessions.length > 1 && (
          <Allowed right="users.manage">
            <Button onClick={() => end.mutate(undefined)}>{t('sessions.endAll')}</Button>
          </Allowed>
        )}
      </Stack>
    </Modal>
  )
}
