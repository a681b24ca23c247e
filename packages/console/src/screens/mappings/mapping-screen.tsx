import { Alert, Anchor, Badge, Group, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { BenchView } from './bench-view.tsx'
import { DiffPanel } from './diff-panel.tsx'
import { DryRunPanel } from './dry-run-panel.tsx'
import { ExamplesPanel } from './examples-panel.tsx'
import { type MappingSearch, type Tab, tabs } from './mapping-search.ts'
import { findMapping, type Mapping, readMapping } from './mappings-api.ts'
import { SaveBar } from './save-bar.tsx'
import { Steps } from './steps.tsx'
import { useBench } from './use-bench.ts'
import { VersionsPanel } from './versions-panel.tsx'

export const Route = createLazyRoute('/mappings/$id')({ component: MappingScreen })

/** One version of a mapping: what it says, what it makes of messages, and its way into force. */
function MappingScreen() {
  const { id } = Route.useParams()
  const found = useQuery({
    queryKey: ['mappings', 'one', id],
    queryFn: ({ signal }) => readMapping(id, signal),
  })
  if (found.isPending) return <Waiting rows={8} />
  if (found.isError) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  const { body, etag } = found.data
  return <MappingVersion key={id} mapping={body} etag={etag ?? ''} />
}

function MappingVersion({ mapping, etag }: { readonly mapping: Mapping; readonly etag: string }) {
  const search = Route.useSearch()
  const navigate = useNavigate()
  const { id, name, content } = mapping
  const bench = useBench({ name, saved: content, storeKey: id, message: search.message })
  const go = (next: Partial<MappingSearch>, to = id): void =>
    void navigate({ to: '/mappings/$id', params: { id: to }, search: { ...search, ...next } })
  return (
    <Screen
      title={name}
      about={<About mapping={mapping} />}
      actions={<Steps mapping={mapping} etag={etag} />}
    >
      <Newer mapping={mapping} />
      <BenchView bench={bench} onMessage={(message) => go({ message })} />
      <SaveBar bench={bench} onSaved={(made) => go({}, made.id)} />
      <Tabs
        value={search.tab}
        onChange={(value) => go({ tab: tabs.find((one) => one === value) ?? 'examples' })}
        keepMounted={false}
      >
        <TabList />
        <Tabs.Panel value="examples" pt="sm">
          <ExamplesPanel trial={bench.trial.data} />
        </Tabs.Panel>
        <Tabs.Panel value="dryRun" pt="sm">
          <DryRunPanel mapping={mapping} isChanged={bench.isChanged} />
        </Tabs.Panel>
        <Tabs.Panel value="versions" pt="sm">
          <VersionsPanel mapping={mapping} />
        </Tabs.Panel>
        <Tabs.Panel value="diff" pt="sm">
          <DiffPanel
            mapping={mapping}
            content={bench.content}
            against={search.against}
            onAgainst={(against) => go({ against })}
          />
        </Tabs.Panel>
      </Tabs>
    </Screen>
  )
}

function TabList() {
  const { t } = useTranslation('mappings')
  return (
    <Tabs.List>
      {tabs.map((tab: Tab) => (
        <Tabs.Tab key={tab} value={tab}>
          {t(`tab.${tab}`)}
        </Tabs.Tab>
      ))}
    </Tabs.List>
  )
}

function About({ mapping }: { readonly mapping: Mapping }) {
  const { t } = useTranslation('mappings')
  const { version, state, createdBy, createdAt, note } = mapping
  return (
    <>
      <Group gap="xs" component="span">
        <Badge variant="default" tt="none">
          {t('version', { version })} · {t(`state.${state}`)}
        </Badge>
        <Text span size="sm">
          {createdBy} · <TimeText at={createdAt} />
        </Text>
      </Group>
      {note !== null && (
        <Text span size="sm" display="block">
          {note}
        </Text>
      )}
    </>
  )
}

/** Whoever looks at a version that is not the newest is told so, before they write a change of it. */
function Newer({ mapping: { name, version } }: { readonly mapping: Mapping }) {
  const { t } = useTranslation('mappings')
  const newest = useQuery({
    queryKey: ['mappings', 'newest', name],
    queryFn: ({ signal }) => findMapping(name, signal),
    refetchInterval: 15_000,
  })
  const found = newest.data
  if (!found || found.version <= version) return null
  return (
    <Alert color="yellow" variant="light" title={t('newer.title', { version: found.version })}>
      <Anchor component={Link} to={`/mappings/${found.id}`}>
        {t('newer.open', { version: found.version, state: t(`state.${found.state}`) })}
      </Anchor>
    </Alert>
  )
}
