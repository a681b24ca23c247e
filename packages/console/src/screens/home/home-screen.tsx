import { Alert, List, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFollow } from '../../live/live.ts'
import { usePreferences, zoneOf } from '../../preferences/preferences.ts'
import { useSession } from '../../session/session.tsx'
import { useNow } from '../../views/clock.ts'
import { MoneyText } from '../../views/money-text.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { Counter, PlainCounter } from './counter.tsx'
import { type Overview, readOverview, startOfDay } from './home-api.ts'

export const Route = createLazyRoute('/')({ component: HomeScreen })

/** What waits for whoever looks, in numbers that lead to lists. */
function HomeScreen() {
  const { t } = useTranslation('home')
  const { session } = useSession()
  const zone = zoneOf(usePreferences().timeZone)
  const today = startOfDay(useNow(), zone)
  const overview = useQuery({
    queryKey: ['overview', today.getTime()],
    queryFn: ({ signal }) => readOverview(today, signal),
    placeholderData: (before) => before,
  })
  useFollow(['overview'], () => true)
  return (
    <Screen title={t('title')} about={t('about', { name: session.user.name })}>
      {overview.isPending && <Waiting rows={6} />}
      {overview.isError && (
        <ProblemView error={overview.error} onRetry={() => void overview.refetch()} />
      )}
      {overview.data !== undefined && <Work overview={overview.data} />}
    </Screen>
  )
}

function Work({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation('home')
  return (
    <Stack gap="lg">
      <FirstSteps overview={overview} />
      <Mine overview={overview} />
      <Soon overview={overview} />
      <Group title={t('money.title')}>
        <Counter label={t('money.blocked')} counted={overview.refundsBlocked} isUrgent>
          {overview.refundsBlocked.amounts.map((amount) => (
            <Text key={amount.currency} size="sm">
              <MoneyText value={amount} />
            </Text>
          ))}
        </Counter>
      </Group>
      <Systems overview={overview} />
      <Group title={t('returns.title')}>
        {overview.headlines.toSorted(byJourney).map((counted) => (
          <Counter
            key={counted.headline}
            label={t(`headline.${counted.headline}` as 'headline.requested')}
            counted={counted}
          />
        ))}
      </Group>
    </Stack>
  )
}

/** In the order in which most returns come by; what is not named comes last. */
const journey = [
  'exception_hold',
  'requested',
  'info_needed',
  'authorized',
  'in_transit',
  'delivered',
  'partially_received',
  'received',
  'in_inspection',
  'inspected',
  'approved',
  'refunded',
]

type HeadlineCount = Overview['headlines'][number]

function byJourney(one: HeadlineCount, other: HeadlineCount): number {
  return placeOf(one) - placeOf(other)
}

function placeOf({ headline }: HeadlineCount): number {
  const place = journey.indexOf(headline)
  return place === -1 ? journey.length : place
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3, xl: 5 }} spacing="sm">
        {children}
      </SimpleGrid>
    </section>
  )
}

function Mine({ overview: { mine, queues } }: { readonly overview: Overview }) {
  const { t } = useTranslation('home')
  if (mine === null || queues === null) return null
  const waiting = mine.count + queues.reduce((sum, { count }) => sum + count, 0)
  return (
    <Group title={t('mine.title')}>
      <Counter label={t('mine.assigned')} counted={mine} isUrgent />
      {queues.map((queue) => (
        <Counter
          key={queue.queue}
          label={t(`queue.${queue.queue}` as 'queue.CS')}
          counted={queue}
          isUrgent={queue.overdue > 0}
        >
          <Text size="sm" c="dimmed">
            {t('mine.unassigned', { count: queue.unassigned })}
          </Text>
          {queue.overdue > 0 && (
            <Text size="sm">{t('mine.overdue', { count: queue.overdue })}</Text>
          )}
        </Counter>
      ))}
      {waiting === 0 && (
        <Text c="dimmed" size="sm" role="status">
          {t('mine.nothing')}
        </Text>
      )}
    </Group>
  )
}

function Soon({ overview: { overdue, dueSoon, openedToday } }: { readonly overview: Overview }) {
  const { t } = useTranslation('home')
  if (overdue === null || dueSoon === null || openedToday === null) return null
  return (
    <Group title={t('soon.title')}>
      <Counter label={t('soon.overdue')} counted={overdue} isUrgent />
      <Counter label={t('soon.dueSoon')} counted={dueSoon} isUrgent />
      <Counter label={t('soon.openedToday')} counted={openedToday} />
    </Group>
  )
}

function Systems({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation('home')
  const { connections, deadLetters, parkedWords } = overview
  if (connections === null && deadLetters === null && parkedWords === null) return null
  const states = ['down', 'broken', 'authExpiring', 'degraded', 'paused'] as const
  return (
    <Group title={t('systems.title')}>
      {connections !== null &&
        states.map((state) => (
          <PlainCounter
            key={state}
            label={t(`systems.${state}`)}
            count={connections[state]}
            to="/connections"
            isUrgent={state !== 'paused'}
          />
        ))}
      {deadLetters !== null && (
        <Counter label={t('systems.deadLetters')} counted={deadLetters} isUrgent />
      )}
      {parkedWords !== null && (
        <Counter label={t('systems.parkedWords')} counted={parkedWords} isUrgent />
      )}
    </Group>
  )
}

/** Until the first system is connected, what to do first. */
function FirstSteps({ overview: { connections } }: { readonly overview: Overview }) {
  const { t } = useTranslation('home')
  if (connections === null || Object.values(connections).some((count) => count > 0)) return null
  const steps = [
    { to: '/connections', text: t('first.connect') },
    { to: '/words', text: t('first.words') },
    { to: '/users', text: t('first.people') },
    { to: '/system', text: t('first.look') },
  ]
  return (
    <Alert icon={<IconInfoCircle aria-hidden />} title={t('first.title')} variant="light">
      <List type="ordered" size="sm">
        {steps.map(({ to, text }) => (
          <List.Item key={to}>
            <Link to={to}>{text}</Link>
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
