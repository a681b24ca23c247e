import { Badge, Button, Group, List, Menu, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { ApiProblem } from '../../api/problem.ts'
import { useSession } from '../../session/session.tsx'
import { Allowed } from '../../views/allowed.tsx'
import { useNow } from '../../views/clock.ts'
import { ReasonDialog } from '../../views/reason-dialog.tsx'
import { TimeText } from '../../views/time-text.tsx'
import type { CaseException, CaseView, Owed } from './case-api.ts'
import { exceptionText } from './entry-text.ts'
import { Panel } from './panel.tsx'
import { useCaseTexts } from './texts.ts'
import { useAct } from './use-act.ts'

/** What is stuck and what to do about it: open exceptions first, then who has to move next. */
export function StuckPanel({ found, asked }: { readonly found: CaseView; readonly asked: string }) {
  const { say } = useCaseTexts()
  const open = found.exceptions.filter(({ status }) => status === 'open')
  const now = useNow()
  const owed = found.owedNext.filter(
    (one) => one.what !== 'resolve_exception' && !isFresh(one, now),
  )
  return (
    <Panel title={say('stuck.title')}>
      {open.length === 0 && owed.length === 0 && (
        <Group gap="xs">
          <IconCheck size={18} aria-hidden />
          <Text>{say('stuck.nothing')}</Text>
        </Group>
      )}
      {open.map((one) => (
        <Exception key={one.id} exception={one} asked={asked} />
      ))}
      {owed.length > 0 && (
        <List listStyleType="none" spacing="xs" data-testid="owed">
          {owed.map((one) => (
            <List.Item key={`${one.what} ${one.about} ${one.since}`}>
              <OwedText owed={one} />
            </List.Item>
          ))}
        </List>
      )}
    </Panel>
  )
}

/** A command that was owed a moment ago is on its way, and keeps nobody. */
const freshMs = 30_000

function isFresh({ what, since }: Owed, now: Date): boolean {
  if (what !== 'take_command' || since === null) return false
  return now.getTime() - new Date(since).getTime() < freshMs
}

function OwedText({ owed }: { readonly owed: Owed }) {
  const { say, word, lasted, isPast } = useCaseTexts()
  const { what, who, about, since, dueAt, blockedBy, count } = owed
  const isCommand = what === 'take_command'
  const isOverdue = !isCommand && dueAt !== null && isPast(dueAt)
  return (
    <>
      <Text component="span" fw={600}>
        {whoText(who, { say, word })}
      </Text>{' '}
      {isCommand ? say('stuck.untaken', { count }) : word('owed', what)}
      {about !== null && ` (${isCommand ? word('command', about) : about})`}
      {since !== null && ` · ${say('since', { lasted: lasted(since) })}`}
      {dueAt !== null && (
        <>
          {' · '}
          {isOverdue && <IconAlertTriangle size={14} aria-hidden />}{' '}
          {say(dueWord(isCommand, isOverdue))} <TimeText at={dueAt} />
        </>
      )}
      {blockedBy.length > 0 && (
        <Text component="span" c="red">
          {' '}
          · {say('stuck.blocked', { by: blockedBy.join(', ') })}
        </Text>
      )}
    </>
  )
}

function dueWord(isCommand: boolean, isOverdue: boolean): string {
  if (isCommand) return 'delivery.next'
  return isOverdue ? 'stuck.wasDue' : 'stuck.due'
}

function whoText(
  { kind, role, queue, owner, connectionId }: Owed['who'],
  { say, word }: Pick<ReturnType<typeof useCaseTexts>, 'say' | 'word'>,
): string {
  if (kind === 'connection') return connectionId ?? ''
  if (kind === 'role') return word('role', role ?? '')
  if (kind === 'queue') return owner ?? word('queue', queue ?? '')
  return say('stuck.customer')
}

function Exception({
  exception,
  asked,
}: {
  readonly exception: CaseException
  readonly asked: string
}) {
  const { say, word } = useCaseTexts()
  const [isAssigned, assign] = useState(false)
  const deed = useAct(asked)
  const { id, key, code, severity, queue, owner, detail, openedAt, dueAt, actions } = exception
  const path = `/api/v1/exceptions/${id}`
  // A delivery's id tells people nothing that its detail does not say.
  const named = key.startsWith(`${code}:delivery:`) ? code : key
  return (
    <div className="case-exception" data-severity={severity}>
      <Group gap="xs" wrap="nowrap" align="start">
        <IconAlertTriangle size={18} aria-hidden />
        <Text fw={600}>{exceptionText(named, word)}</Text>
        <Badge
          variant="light"
          color={severity === 'blocking' ? 'red' : 'yellow'}
          className="case-badge"
        >
          {word('severity', severity)}
        </Badge>
      </Group>
      <Text size="sm">
        {detail !== null && `${detail} · `}
        {word('queue', queue)}
        {owner !== null && ` · ${owner}`} · <TimeText at={openedAt} />
        {dueAt !== null && (
          <>
            {' · '}
            {say('stuck.due')} <TimeText at={dueAt} />
          </>
        )}
      </Text>
      <Group gap="xs" mt={4} className="no-print">
        <ResolveMenu
          code={code}
          actions={actions}
          onAction={(action) => deed.mutate({ path: `${path}/resolve`, body: { action } })}
        />
        <Allowed right="exceptions.work">
          <Button
            size="xs"
            variant="default"
            aria-label={say('stuck.assignNamed', { code })}
            onClick={() => assign(true)}
          >
            {say('stuck.assign')}
          </Button>
        </Allowed>
      </Group>
      {deed.isError && (
        <Text role="alert" size="sm" c="red">
          {deed.error instanceof ApiProblem ? deed.error.message : say('dialog.failed')}
        </Text>
      )}
      <AssignDialog
        exception={exception}
        isOpen={isAssigned}
        deed={deed}
        onClose={() => assign(false)}
      />
    </div>
  )
}

function ResolveMenu({
  code,
  actions,
  onAction,
}: {
  readonly code: string
  readonly actions: readonly string[]
  readonly onAction: (action: string) => void
}) {
  const { say, word } = useCaseTexts()
  const { can } = useSession()
  const button = (
    <Button
      size="xs"
      variant="default"
      rightSection={<IconChevronDown size={14} aria-hidden />}
      aria-label={say('stuck.resolveNamed', { code })}
    >
      {say('stuck.resolve')}
    </Button>
  )
  if (!can('exceptions.work')) return <Allowed right="exceptions.work">{button}</Allowed>
  return (
    <Menu withinPortal position="bottom-start">
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        {actions.map((action) => (
          <Menu.Item key={action} onClick={() => onAction(action)}>
            {word('action', action)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function AssignDialog({
  exception: { id, code, owner },
  isOpen,
  deed,
  onClose,
}: {
  readonly exception: CaseException
  readonly isOpen: boolean
  readonly deed: ReturnType<typeof useAct>
  readonly onClose: () => void
}) {
  const { say } = useCaseTexts()
  return (
    <ReasonDialog
      key={owner}
      isOpen={isOpen}
      title={say('stuck.assignNamed', { code })}
      hint={say('owner.hint')}
      label={say('owner.label')}
      submit={say('owner.submit')}
      isShort
      minLength={0}
      initial={owner ?? ''}
      onClose={onClose}
      onReason={async (name) => {
        await deed.mutateAsync({
          path: `/api/v1/exceptions/${id}/assign`,
          body: { owner: name === '' ? null : name },
        })
        onClose()
      }}
    />
  )
}
