import { Alert, Anchor, Badge, Button, Group, List, Text } from '@mantine/core'
import { IconArrowsDiff, IconExternalLink, IconRefresh } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiProblem } from '../../api/problem.ts'
import { useSession } from '../../session/session.tsx'
import { Allowed } from '../../views/allowed.tsx'
import { CopyButton } from '../../views/copy-button.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import {
  caseAddress,
  caseKey,
  type Refreshed,
  readSystems,
  refreshSystem,
  type System,
} from './case-api.ts'
import { DeliveryLine } from './delivery-line.tsx'
import { Panel } from './panel.tsx'
import { type CaseTexts, useCaseTexts } from './texts.ts'
import { useAct } from './use-act.ts'

/** The same return as each system knows it, and where these differ from what the hub holds. */
export function SystemsPanel({ asked }: { readonly asked: string }) {
  const { say } = useCaseTexts()
  const found = useQuery({
    queryKey: [...caseKey(asked), 'systems'],
    queryFn: () => readSystems(asked),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
  })
  return (
    <Panel
      title={say('systems.title')}
      aside={
        found.data && (
          <Text size="xs" c="dimmed">
            {say('systems.asOf')} <TimeText at={found.data.asOf} as="short" />
          </Text>
        )
      }
    >
      {found.isPending && <Waiting rows={3} />}
      {found.isError && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.data.length === 0 && <Text c="dimmed">{say('systems.none')}</Text>}
      {found.data?.data.map((system) => (
        <SystemCard key={system.system} system={system} asked={asked} />
      ))}
    </Panel>
  )
}

/** References of a system that are shown at once. */
const shownRefs = 5

function Refs({ refs }: { readonly refs: System['refs'] }) {
  const { say, word } = useCaseTexts()
  if (refs.length === 0) return null
  return (
    <List size="sm" listStyleType="none">
      {refs.map(({ type, value, url }) => (
        <List.Item key={`${type} ${value}`}>
          {word('ref', type)}{' '}
          {url === null ? (
            value
          ) : (
            <Anchor href={url} target="_blank" rel="noreferrer">
              {value} <IconExternalLink size={12} aria-label={say('systems.opens')} />
            </Anchor>
          )}{' '}
          <CopyButton value={value} what={`${word('ref', type)} ${value}`} />
        </List.Item>
      ))}
    </List>
  )
}

function SystemCard({ system, asked }: { readonly system: System; readonly asked: string }) {
  const { say, word } = useCaseTexts()
  const { connection, plays, refs, heard, told, mismatches } = system
  const title = connection?.title ?? system.system
  return (
    <section className="case-system" aria-label={title}>
      <Group gap="xs" wrap="wrap">
        <Text fw={600}>{title}</Text>
        {mismatches.length > 0 && (
          <Badge
            color="red"
            variant="light"
            className="case-badge"
            leftSection={<IconArrowsDiff size={12} aria-hidden />}
          >
            {say('systems.differs', { count: mismatches.length })}
          </Badge>
        )}
        {connection !== null && connection.state !== 'active' && (
          <Badge color="yellow" variant="light" className="case-badge">
            {word('connection', connection.state)}
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {connection === null
          ? say('systems.notConnected')
          : [system.system, ...plays.map((role) => word('role', role))].join(' · ')}
      </Text>
      <Refs refs={refs.slice(0, shownRefs)} />
      {refs.length > shownRefs && (
        <details>
          <summary className="case-small">
            {say('systems.moreRefs', { count: refs.length - shownRefs })}
          </summary>
          <Refs refs={refs.slice(shownRefs)} />
        </details>
      )}
      {heard !== null && (
        <Text size="sm">
          {say('systems.heard')} {word('event', heard.type)} · <TimeText at={heard.occurredAt} />
        </Text>
      )}
      {told !== null && <DeliveryLine delivery={told} asked={asked} />}
      {mismatches.map((mismatch) => (
        <MismatchAlert key={mismatch.key} mismatch={mismatch} title={title} asked={asked} />
      ))}
      {connection !== null && <RefreshNow system={system} asked={asked} title={title} />}
    </section>
  )
}

function MismatchAlert({
  mismatch: { axis, theirs, ours, since, by, key },
  title,
  asked,
}: {
  readonly mismatch: System['mismatches'][number]
  readonly title: string
  readonly asked: string
}) {
  const { say, word } = useCaseTexts()
  const { can } = useSession()
  const deed = useAct(asked)
  const at = `${caseAddress(asked)}/claims/${encodeURIComponent(key)}`
  const states = (words: readonly string[]) => words.map((one) => word('state', one)).join(', ')
  return (
    <Alert
      color="red"
      variant="light"
      p="xs"
      mt="xs"
      title={axis === null ? say('systems.gone') : word('axis', axis)}
    >
      <Text size="sm">
        {axis === null
          ? ours.join(', ')
          : say('systems.saysOther', { title, theirs: states(theirs), ours: states(ours) })}{' '}
        · <TimeText at={since} />
      </Text>
      {by === 'claim' && can('returns.work') && (
        <Group gap="xs" mt={4} className="no-print">
          <Button
            size="xs"
            variant="default"
            onClick={() => deed.mutate({ path: `${at}/accepted`, body: {} })}
          >
            {say('systems.accept')}
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() => deed.mutate({ path: `${at}/rejected`, body: {} })}
          >
            {say('systems.reject')}
          </Button>
        </Group>
      )}
      {deed.isError && (
        <Text role="alert" size="sm">
          {deed.error instanceof ApiProblem ? deed.error.message : say('dialog.failed')}
        </Text>
      )}
    </Alert>
  )
}

function RefreshNow({
  system,
  asked,
  title,
}: {
  readonly system: System
  readonly asked: string
  readonly title: string
}) {
  const { say, word } = useCaseTexts()
  const queries = useQueryClient()
  const refresh = useMutation({
    mutationFn: () => refreshSystem(asked, system.system),
    onSuccess: () => queries.invalidateQueries({ queryKey: caseKey(asked) }),
  })
  return (
    <div className="no-print">
      {system.refresh.length === 0 ? (
        <Text size="xs" c="dimmed">
          {whyNot(system, { say, word })}
        </Text>
      ) : (
        <Allowed right="returns.refresh">
          <Button
            size="xs"
            mt={4}
            variant="default"
            loading={refresh.isPending}
            leftSection={<IconRefresh size={14} aria-hidden />}
            aria-label={say('systems.refreshNamed', { title })}
            onClick={() => refresh.mutate()}
          >
            {say('systems.refresh')}
          </Button>
        </Allowed>
      )}
      <div role="status" aria-live="polite">
        {refresh.data && <RefreshResult result={refresh.data} />}
        {refresh.isError && (
          <Text size="sm" c="red">
            {refresh.error instanceof ApiProblem ? refresh.error.message : say('dialog.failed')}
          </Text>
        )}
      </div>
    </div>
  )
}

/** Why a system cannot be asked again. */
function whyNot({ connection }: System, { say, word }: Pick<CaseTexts, 'say' | 'word'>): string {
  const state = connection?.state ?? 'active'
  return state === 'active'
    ? say('systems.tellsItself')
    : say('systems.notAsked', { state: word('connection', state) })
}

function RefreshResult({ result: { steps } }: { readonly result: Refreshed }) {
  const { say } = useCaseTexts()
  return (
    <List size="xs" listStyleType="none">
      {steps.map(({ way, outcome, gone, sentence }, index) => (
        <List.Item key={`${way} ${index}`}>
          {say(`refresh.${way}.${outcome}`, { gone: gone.join(', ') })}
          {gone.length > 0 && ` ${say('refresh.gone', { gone: gone.join(', ') })}`}
          {sentence !== null && ` ${sentence}`}
        </List.Item>
      ))}
    </List>
  )
}
