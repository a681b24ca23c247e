import { Alert, Badge, Code, Group, Stack, Table, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { CheckDetail } from './check-detail.tsx'
import { readSystem, type System } from './system-api.ts'

export const Route = createLazyRoute('/system')({ component: SystemScreen })

const everyMs = 10_000

/** How the hub itself does, what to look at first, and where that is written. */
function SystemScreen() {
  const { t } = useTranslation('system')
  const system = useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => readSystem(signal),
    refetchInterval: everyMs,
  })
  return (
    <Screen title={t('title')} about={t('about')}>
      {system.isPending && <Waiting rows={8} />}
      {system.isError && <ProblemView error={system.error} onRetry={() => void system.refetch()} />}
      {system.data !== undefined && (
        <Stack gap="lg">
          <Verdict system={system.data} />
          <Checks system={system.data} />
          <Processes system={system.data} />
          <Facts system={system.data} />
          <Findings system={system.data} />
        </Stack>
      )}
    </Screen>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  )
}

const looks: Readonly<
  Record<string, { readonly icon: typeof IconCircleX; readonly color: string }>
> = {
  ok: { icon: IconCircleCheck, color: 'teal' },
  warning: { icon: IconAlertTriangle, color: 'yellow' },
  critical: { icon: IconCircleX, color: 'red' },
}

function StateBadge({ state }: { readonly state: string }) {
  const { t } = useTranslation('system')
  const { icon: Icon, color } = looks[state] ?? { icon: IconAlertTriangle, color: 'gray' }
  return (
    <Badge
      variant="outline"
      color={color}
      c="var(--mantine-color-text)"
      tt="none"
      leftSection={<Icon size={14} aria-hidden />}
    >
      {t(`state.${state}` as 'state.ok')}
    </Badge>
  )
}

function Verdict({ system: { checks } }: { readonly system: System }) {
  const { t } = useTranslation('system')
  const critical = checks.filter(({ state }) => state === 'critical').length
  const warned = checks.filter(({ state }) => state === 'warning').length
  const state = critical > 0 ? 'critical' : warned > 0 ? 'warning' : 'ok'
  const { icon: Icon = IconCircleCheck, color = 'teal' } = looks[state] ?? {}
  return (
    <Alert role="status" color={color} variant="light" icon={<Icon aria-hidden />}>
      {state === 'ok' ? t('well') : t('look', { critical, warned })}
    </Alert>
  )
}

const order = ['critical', 'warning', 'ok']

function Checks({ system: { checks } }: { readonly system: System }) {
  const { t } = useTranslation('system')
  const sorted = checks.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  return (
    <Part title={t('checks.title')}>
      <Table.ScrollContainer minWidth={560}>
        <Table aria-label={t('checks.title')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('checks.what')}</Table.Th>
              <Table.Th>{t('checks.state')}</Table.Th>
              <Table.Th>{t('checks.detail')}</Table.Th>
              <Table.Th>{t('checks.runbook')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sorted.map((check) => {
              const { name, state, runbook } = check
              return (
                <Table.Tr key={name}>
                  <Table.Th scope="row" fw={400}>
                    {t(`check.${name}` as 'check.disk')}
                  </Table.Th>
                  <Table.Td>
                    <StateBadge state={state} />
                  </Table.Td>
                  <Table.Td>
                    <CheckDetail check={check} />
                  </Table.Td>
                  <Table.Td>
                    {runbook === null ? null : <Code>{`docs/runbooks/${runbook}.md`}</Code>}
                  </Table.Td>
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Part>
  )
}

function Processes({ system: { processes } }: { readonly system: System }) {
  const { t } = useTranslation('system')
  return (
    <Part title={t('processes.title')}>
      <Table.ScrollContainer minWidth={720}>
        <Table aria-label={t('processes.title')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('processes.name')}</Table.Th>
              <Table.Th>{t('processes.roles')}</Table.Th>
              <Table.Th>{t('processes.beat')}</Table.Th>
              <Table.Th>{t('processes.started')}</Table.Th>
              <Table.Th>{t('processes.memory')}</Table.Th>
              <Table.Th>{t('processes.delay')}</Table.Th>
              <Table.Th>{t('processes.clock')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {processes.map((one) => (
              <Table.Tr key={`${one.name} ${one.pid} ${one.startedAt}`}>
                <Table.Th scope="row" fw={400}>
                  {one.name} ({one.pid})
                </Table.Th>
                <Table.Td>{one.roles.join(', ')}</Table.Td>
                <Table.Td>
                  {one.isSilent ? `${t('processes.silent')} ` : ''}
                  <TimeText at={one.heartbeatAt} />
                </Table.Td>
                <Table.Td>
                  <TimeText at={one.startedAt} as="short" />
                </Table.Td>
                <Table.Td>{figure(one.memoryBytes && one.memoryBytes / 1e6, 'MB')}</Table.Td>
                <Table.Td>{figure(one.loopDelayMs, 'ms')}</Table.Td>
                <Table.Td>{figure(one.clockAheadMs, 'ms')}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Part>
  )
}

function figure(value: number | null, unit: string): string {
  return value === null ? '–' : `${Math.round(value)} ${unit}`
}

function Facts({ system }: { readonly system: System }) {
  const { t } = useTranslation('system')
  const { database, migrations, queues, audit } = system
  const dead = queues.lanes.reduce((sum, lane) => sum + lane.dead, 0)
  const pending = queues.lanes.reduce((sum, lane) => sum + lane.pending, 0)
  const kind = database.isEmbedded ? t('facts.embedded') : t('facts.server')
  const rows: readonly (readonly [string, ReactNode])[] = [
    [t('facts.version'), system.version],
    [t('facts.database'), `PostgreSQL ${database.version}, ${kind}, ${database.sizeMb} MB`],
    [t('facts.connections'), `${database.connections} / ${database.connectionsAtMost}`],
    [t('facts.partitions'), t('facts.days', { count: database.partitionDaysAhead })],
    [t('facts.migrations'), `${migrations.ran}, ${migrations.last ?? '–'}`],
    [t('facts.messages'), queues.messages],
    [t('facts.parked'), queues.parked],
    [t('facts.deliveries'), pending],
    [t('facts.dead'), dead],
    [t('facts.timers'), queues.lateTimers],
    [
      t('facts.anchor'),
      audit.lastAnchorAt === null ? '–' : <TimeText key="anchor" at={audit.lastAnchorAt} />,
    ],
  ]
  return (
    <Part title={t('facts.title')}>
      <Table withRowBorders={false} verticalSpacing={4} aria-label={t('facts.title')}>
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

function Findings({ system: { findings } }: { readonly system: System }) {
  const { t } = useTranslation('system')
  if (findings.length === 0) return null
  return (
    <Part title={t('findings.title')}>
      <Stack gap="xs">
        {findings.map(({ code, subject, message }) => (
          <Group key={`${code} ${subject}`} gap="xs">
            <Code>{subject}</Code>
            <Text size="sm">{message}</Text>
          </Group>
        ))}
      </Stack>
    </Part>
  )
}
