import { Badge, Button, Group, Stack, Table, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../session/session.tsx'
import { PasswordForm } from '../../views/password-form.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { endOthers, listOwnSessions, type OwnSession } from './account-api.ts'

export const Route = createLazyRoute('/account')({ component: AccountScreen })

/** Who one is here, where one is signed in, and one's password. */
function AccountScreen() {
  const { t } = useTranslation(['account', 'common'])
  const { user } = useSession().session
  const role = t(`common:role.${user.role}` as 'common:role.admin')
  return (
    <Screen title={t('title')} about={`${user.name} · ${user.email} · ${role}`}>
      <Sessions />
      <Password />
    </Screen>
  )
}

function Sessions() {
  const { t } = useTranslation('account')
  const queries = useQueryClient()
  const found = useQuery({
    queryKey: ['own-sessions'],
    queryFn: ({ signal }) => listOwnSessions(signal),
  })
  const end = useMutation({
    mutationFn: endOthers,
    onSettled: () => queries.invalidateQueries({ queryKey: ['own-sessions'] }),
  })
  const hasOthers = found.data?.some(({ isThis }) => !isThis) === true
  return (
    <section aria-label={t('sessions.title')}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t('sessions.title')}
        </Title>
        {hasOthers && (
          <Button
            size="xs"
            variant="default"
            loading={end.isPending}
            onClick={() => end.mutate(undefined)}
          >
            {t('sessions.endAll')}
          </Button>
        )}
      </Group>
      {found.isPending && <Waiting rows={2} />}
      {found.isError && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {end.isError && <ProblemView error={end.error} />}
      {end.isSuccess && (
        <Text size="sm" role="status">
          {t('sessions.ended', { count: end.data })}
        </Text>
      )}
      {found.data !== undefined && (
        <SessionTable sessions={found.data} onEnd={(id) => end.mutate(id)} />
      )}
    </section>
  )
}

function SessionTable({
  sessions,
  onEnd,
}: {
  readonly sessions: readonly OwnSession[]
  readonly onEnd: (id: string) => void
}) {
  const { t } = useTranslation('account')
  return (
    <Table.ScrollContainer minWidth={600} tabIndex={0} aria-label={t('sessions.title')}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            {(['where', 'address', 'since', 'seen', 'end'] as const).map((column) => (
              <Table.Th key={column} scope="col">
                {t(`sessions.${column}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sessions.map(({ id, userAgent, address, createdAt, lastSeenAt, isThis }) => (
            <Table.Tr key={id}>
              <Table.Td className="break">{userAgent}</Table.Td>
              <Table.Td>{address}</Table.Td>
              <Table.Td>
                <TimeText at={createdAt} />
              </Table.Td>
              <Table.Td>
                <TimeText at={lastSeenAt} />
              </Table.Td>
              <Table.Td>
                {isThis ? (
                  <Badge variant="default" tt="none">
                    {t('sessions.this')}
                  </Badge>
                ) : (
                  <Button size="xs" variant="default" onClick={() => onEnd(id)}>
                    {t('sessions.end')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Password() {
  const { t } = useTranslation('account')
  const queries = useQueryClient()
  const [changes, setChanges] = useState(0)
  return (
    <section aria-label={t('password.title')}>
      <Stack maw={440}>
        <Title order={2} size="h4">
          {t('password.title')}
        </Title>
        <Text size="sm">{t('password.about')}</Text>
        {changes > 0 && (
          <Text size="sm" role="status">
            {t('password.changed')}
          </Text>
        )}
        <PasswordForm
          key={changes}
          submit={t('password.change')}
          onChanged={() => {
            setChanges(changes + 1)
            return queries.invalidateQueries({ queryKey: ['own-sessions'] })
          }}
        />
      </Stack>
    </section>
  )
}
