import {
  Anchor,
  Badge,
  Button,
  Code,
  Group,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { useCodes } from '../../views/codes.ts'
import { formText } from '../../views/form-text.ts'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { type ExceptionRow, readException, work } from './exceptions-api.ts'
import { SnoozeMenu } from './snooze-menu.tsx'

export const Route = createLazyRoute('/exceptions/$id')({ component: ExceptionScreen })

/** One exception: what is wrong, in words and as it was said, and what can be done. */
function ExceptionScreen() {
  const { id } = Route.useParams()
  const found = useQuery({ queryKey: ['exceptions', id], queryFn: () => readException(id) })
  if (found.isPending) return <Waiting />
  if (found.isError) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  return <ExceptionSheet one={found.data} />
}

function ExceptionSheet({ one }: { readonly one: ExceptionRow }) {
  const { t } = useTranslation('exceptions')
  const say = useCodes()
  return (
    <Screen
      title={say('exception', one.code, one.title)}
      about={`${one.code} · ${t(`queue.${one.queue}`)}`}
    >
      <Stack maw={760}>
        <Group gap="xs">
          <Badge variant="default" tt="none">
            {t(`state.${one.state}`)}
          </Badge>
          <Badge variant="default" tt="none">
            {t(`severity.${one.severity}`)}
          </Badge>
        </Group>
        <Text>{t(`about.${one.severity}`)}</Text>
        {one.detail !== null && <Code block>{one.detail}</Code>}
        <Facts one={one} />
        <Work one={one} />
      </Stack>
    </Screen>
  )
}

function Facts({ one }: { readonly one: ExceptionRow }) {
  const { t } = useTranslation('exceptions')
  const say = useCodes()
  const facts: [string, ReactNode][] = [
    [
      t('column.case'),
      one.caseNo === null ? (
        '–'
      ) : (
        <Anchor component={Link} to={`/cases/${one.caseNo}`}>
          {one.caseNo}
        </Anchor>
      ),
    ],
    [t('column.about'), aboutText(one.object, say)],
    [t('owner'), one.owner ?? '–'],
    [t('column.opened'), <TimeText key="opened" at={one.openedAt} />],
    [t('column.due'), one.dueAt === null ? '–' : <TimeText key="due" at={one.dueAt} />],
    [t('recurrences'), one.recurrences],
    [
      t('same'),
      <Anchor
        key="same"
        renderRoot={(props) => (
          <Link to="/exceptions" search={{ view: 'list', group: one.group }} {...props} />
        )}
      >
        {t('sameShow')}
      </Anchor>,
    ],
  ]
  if (one.snoozedUntil !== null) {
    facts.push([t('snoozedUntil'), <TimeText key="until" at={one.snoozedUntil} as="exact" />])
  }
  if (one.acknowledgedBy !== null) facts.push([t('acknowledgedBy'), one.acknowledgedBy])
  if (one.action !== null) facts.push([t('resolvedBy'), say('action', one.action)])
  return (
    <Table>
      <Table.Tbody>
        {facts.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w={200}>
              {name}
            </Table.Th>
            <Table.Td>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** `delivery:7` as `delivery 7`, in the reader's language. */
function aboutText(object: string, say: ReturnType<typeof useCodes>): string {
  const [kind = '', ...rest] = object.split(':')
  return [say('about', kind), ...rest].join(' ')
}

/** Everything that can be done with it, for those who work on its queue. */
function Work({ one }: { readonly one: ExceptionRow }) {
  const { t } = useTranslation('exceptions')
  const say = useCodes()
  const queries = useQueryClient()
  const [note, setNote] = useState('')
  const act = useMutation({
    mutationFn: ({ what, body }: { what: string; body: unknown }) => work(one.id, what, body),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['exceptions'] }),
  })
  const noted = note.trim() === '' ? {} : { note: note.trim() }
  const button = (label: string, what: string, body: unknown) => (
    <Allowed key={label} right="exceptions.work">
      <Button
        size="xs"
        variant="default"
        loading={act.isPending}
        onClick={() => act.mutate({ what, body })}
      >
        {label}
      </Button>
    </Allowed>
  )
  if (one.status === 'resolved') {
    return (
      <Stack>
        {act.isError && <ProblemView error={act.error} />}
        <Group>{button(t('reopen'), 'reopen', noted)}</Group>
      </Stack>
    )
  }
  return (
    <Stack>
      <Title order={2} size="h4">
        {t('remedies')}
      </Title>
      {act.isError && <ProblemView error={act.error} />}
      <Textarea
        label={t('note')}
        value={note}
        onChange={({ currentTarget }) => setNote(currentTarget.value)}
        autosize
        minRows={2}
      />
      <Group gap="xs">
        {one.actions.map((action) =>
          button(say('action', action, action.replaceAll('_', ' ')), 'resolve', {
            action,
            ...noted,
          }),
        )}
      </Group>
      <Group gap="xs" align="flex-end">
        {one.acknowledgedBy === null
          ? button(t('acknowledge'), 'acknowledge', {})
          : button(t('unacknowledge'), 'acknowledge', { isSeen: false })}
        <SnoozeMenu onSnooze={(until) => act.mutate({ what: 'snooze', body: { until } })} />
        {one.snoozedUntil !== null && button(t('wake'), 'snooze', { until: null })}
      </Group>
      <AssignForm
        owner={one.owner}
        onAssign={(owner) => act.mutate({ what: 'assign', body: { owner } })}
      />
    </Stack>
  )
}

function AssignForm({
  owner,
  onAssign,
}: {
  readonly owner: string | null
  readonly onAssign: (owner: string | null) => void
}) {
  const { t } = useTranslation('exceptions')
  function assign(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const name = formText(new FormData(event.currentTarget), 'owner').trim()
    onAssign(name === '' ? null : name)
  }
  return (
    <form onSubmit={assign}>
      <Group gap="xs" align="flex-end">
        <TextInput name="owner" label={t('assignTo')} defaultValue={owner ?? ''} />
        <Allowed right="exceptions.work">
          <Button type="submit" size="sm" variant="default">
            {t('assign')}
          </Button>
        </Allowed>
      </Group>
    </form>
  )
}
