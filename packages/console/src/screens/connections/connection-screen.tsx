import { Group, SimpleGrid, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFollow } from '../../live/live.ts'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { ConnectionActions } from './connection-actions.tsx'
import { type Health, type HealthDetail, readHealth } from './connections-api.ts'
import { HealthBadge } from './health-badge.tsx'
import { Part } from './part.tsx'
import { PollList } from './poll-list.tsx'
import { Reasons } from './reasons.tsx'
import { SetUp } from './set-up.tsx'
import { shareText } from './share-text.ts'
import { tookText } from './took-text.ts'
import { TriesStrip } from './tries-strip.tsx'

export const Route = createLazyRoute('/connections/$id')({ component: ConnectionScreen })

const everyMs = 15_000

/** How one connection does, what was done to it, and what can be. */
function ConnectionScreen() {
  const { id } = Route.useParams()
  const detail = useQuery({
    queryKey: ['connections', 'health', id],
    queryFn: ({ signal }) => readHealth(id, signal),
    refetchInterval: everyMs,
  })
  useFollow(['connections'], ({ connections }) => connections.includes(id))
  if (detail.isPending) return <Waiting rows={8} />
  if (detail.isError && detail.data === undefined) {
    return <ProblemView error={detail.error} onRetry={() => void detail.refetch()} />
  }
  if (detail.data === undefined) return null
  const { health, changes } = detail.data
  return (
    <Screen
      title={health.title}
      about={`${health.id} · ${health.connector}`}
      actions={<ConnectionActions health={health} />}
    >
      <Group>
        <HealthBadge state={health.state} />
        <Reasons health={health} />
      </Group>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <Stack gap="lg">
          <Tries health={health} />
          <Figures health={health} />
        </Stack>
        <Stack gap="lg">
          <PollList id={id} />
          <SetUp id={id} />
          <Changes changes={changes} />
        </Stack>
      </SimpleGrid>
    </Screen>
  )
}

function Tries({ health: { tries } }: { readonly health: Health }) {
  const { t, i18n } = useTranslation('connections')
  return (
    <Part title={t('tries.title')}>
      <TriesStrip tries={tries.hours} />
      <Text size="sm" mt="xs">
        {t('tries.count', { count: tries.count })} ·{' '}
        {t('success', { share: shareText(tries.successShare, i18n.language) })}
        {tries.p50Ms !== null && ` · ${t('p50', { took: tookText(tries.p50Ms, i18n.language) })}`}
        {tries.p95Ms !== null && ` · ${t('p95', { took: tookText(tries.p95Ms, i18n.language) })}`}
      </Text>
    </Part>
  )
}

function Figures({ health }: { readonly health: Health }) {
  const { t } = useTranslation('connections')
  const { breaker, allowance, lastCheck } = health
  const allowed =
    allowance === null
      ? t('figure.notTold')
      : t('figure.left', { left: allowance.left, limit: allowance.limit ?? '?' })
  const rows: readonly (readonly [string, ReactNode])[] = [
    [t('figure.pending'), health.pending],
    [t('figure.dueSince'), <When key="due" at={health.dueSince} />],
    [t('figure.dead'), health.dead],
    [t('figure.waiting'), health.waiting],
    [t('figure.parked'), health.parked],
    [t('figure.breaker'), breaker.isOpen ? t('figure.open') : t('figure.closed')],
    [t('figure.failures'), breaker.failures],
    [t('figure.nextProbe'), <When key="probe" at={breaker.nextProbeAt} />],
    [t('figure.allowance'), allowed],
    [t('figure.lastReceived'), <When key="received" at={health.lastReceivedAt} />],
    [t('figure.lastDelivered'), <When key="delivered" at={health.lastDeliveredAt} />],
    [t('figure.lastCheck'), <When key="check" at={lastCheck?.at ?? null} />],
    [t('figure.credentials'), <When key="credentials" at={health.credentialsExpireAt} />],
    [t('figure.authorization'), <When key="auth" at={health.authorizationEndsAt} />],
  ]
  return (
    <Part title={t('figure.title')}>
      <Table withRowBorders={false} verticalSpacing={4} aria-label={t('figure.title')}>
        <Table.Tbody>
          {rows.map(([label, value]) => (
            <Table.Tr key={label}>
              <Table.Th scope="row" fw={400} c="dimmed">
                {label}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Part>
  )
}

function When({ at }: { readonly at: string | null }) {
  const { t } = useTranslation()
  return at === null ? t('none') : <TimeText at={at} />
}

function Changes({ changes }: Pick<HealthDetail, 'changes'>) {
  const { t } = useTranslation('connections')
  return (
    <Part title={t('changes.title')}>
      {changes.length === 0 ? (
        <Text c="dimmed">{t('changes.none')}</Text>
      ) : (
        <Table aria-label={t('changes.title')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('changes.when')}</Table.Th>
              <Table.Th>{t('changes.what')}</Table.Th>
              <Table.Th>{t('changes.who')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changes.map(({ at, actor, action }) => (
              <Table.Tr key={`${at} ${action}`}>
                <Table.Td>
                  <TimeText at={at} />
                </Table.Td>
                <Table.Td>{action}</Table.Td>
                <Table.Td>{actor}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Part>
  )
}
