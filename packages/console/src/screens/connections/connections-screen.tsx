import { Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useFollow } from '../../live/live.ts'
import { Allowed } from '../../views/allowed.tsx'
import { Empty } from '../../views/empty.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { SinceText, TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { type Health, listHealth } from './connections-api.ts'
import { HealthBadge } from './health-badge.tsx'
import { Reasons } from './reasons.tsx'
import { shareText } from './share-text.ts'
import { tookText } from './took-text.ts'
import { TriesStrip } from './tries-strip.tsx'

export const Route = createLazyRoute('/connections')({ component: ConnectionsScreen })

/** What is not told by the stream, such as tries, is looked at so often. */
const everyMs = 15_000

/** All connections and how they do, the ill ones first. */
function ConnectionsScreen() {
  const { t } = useTranslation('connections')
  const list = useQuery({
    queryKey: ['connections', 'health'],
    queryFn: ({ signal }) => listHealth(signal),
    refetchInterval: everyMs,
  })
  useFollow(['connections'], ({ connections }) => connections.length > 0)
  const add = (
    <Allowed right="connections.manage">
      <Button
        component={Link}
        to="/connections/new"
        leftSection={<IconPlus size={16} aria-hidden />}
      >
        {t('add')}
      </Button>
    </Allowed>
  )
  return (
    <Screen title={t('title')} about={t('about')} actions={add}>
      {list.isPending && <Waiting rows={6} />}
      {list.isError && <ProblemView error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.length === 0 && <Empty title={t('empty.title')} why={t('empty.why')} />}
      {list.data !== undefined && list.data.length > 0 && (
        <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
          {list.data.toSorted(byState).map((health) => (
            <HealthCard key={health.id} health={health} />
          ))}
        </SimpleGrid>
      )}
    </Screen>
  )
}

const order = ['down', 'broken', 'auth_expiring', 'degraded', 'paused', 'healthy', 'disabled']

function byState(one: Health, other: Health): number {
  return order.indexOf(one.state) - order.indexOf(other.state)
}

function HealthCard({ health }: { readonly health: Health }) {
  return (
    <Card
      component={Link}
      to={`/connections/${health.id}`}
      withBorder
      padding="md"
      className="counter"
      data-urgent={order.indexOf(health.state) < 4}
    >
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Title order={2} size="h5">
              {health.title}
            </Title>
            <Text size="sm" c="dimmed">
              {health.id} · {health.connector}
            </Text>
          </div>
          <HealthBadge state={health.state} />
        </Group>
        <Reasons health={health} />
        <TriesStrip tries={health.tries.hours} />
        <Facts health={health} />
      </Stack>
    </Card>
  )
}

function Facts({ health }: { readonly health: Health }) {
  const { t, i18n } = useTranslation('connections')
  const { tries, pending, dead, dueSince, lastReceivedAt } = health
  return (
    <Group gap="md" wrap="wrap">
      <Text size="sm">{t('success', { share: shareText(tries.successShare, i18n.language) })}</Text>
      {tries.p95Ms !== null && (
        <Text size="sm">{t('p95', { took: tookText(tries.p95Ms, i18n.language) })}</Text>
      )}
      <Text size="sm">{t('pending', { count: pending })}</Text>
      {dueSince !== null && (
        <Text size="sm">
          {t('late')} <SinceText at={dueSince} />
        </Text>
      )}
      {dead > 0 && <Text size="sm">{t('dead', { count: dead })}</Text>}
      {lastReceivedAt !== null && (
        <Text size="sm" c="dimmed">
          {t('heard')} <TimeText at={lastReceivedAt} />
        </Text>
      )}
    </Group>
  )
}
