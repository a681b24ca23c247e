import { Badge, Button, Group, Text } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { ApiProblem } from '../../api/problem.ts'
import { useSession } from '../../session/session.tsx'
import { TimeText } from '../../views/time-text.tsx'
import type { CaseDelivery } from './case-api.ts'
import { useCaseTexts } from './texts.ts'
import { useAct } from './use-act.ts'

const colors: Readonly<Record<string, string>> = {
  delivered: 'teal',
  pending: 'blue',
  dead: 'red',
  replayed: 'gray',
}

/** A command for a system, how it went, and a way to send it again. */
export function DeliveryLine({
  delivery,
  asked,
  isNamed = false,
}: {
  readonly delivery: CaseDelivery
  readonly asked: string
  /** With the connection's name, where it does not stand above. */
  readonly isNamed?: boolean
}) {
  const { say, word } = useCaseTexts()
  const { can } = useSession()
  const deed = useAct(asked)
  const { id, command, connectionId, state, lastAttempt, createdAt } = delivery
  const canSend = can('deliveries.replay') && (state === 'dead' || state === 'delivered')
  const what = word('command', command)
  return (
    <div className="case-delivery">
      <Group gap={6} wrap="wrap">
        <Text size="sm" component="span">
          {isNamed ? `${connectionId}: ${what}` : `${say('systems.told')} ${what}`}
        </Text>
        <Badge size="sm" variant="light" color={colors[state] ?? 'gray'} className="case-badge">
          {word('delivery', state)}
        </Badge>
        <Text size="sm" component="span">
          <TimeText at={lastAttempt?.at ?? createdAt} />
        </Text>
        {canSend && (
          <Button
            size="compact-xs"
            variant="subtle"
            className="no-print"
            loading={deed.isPending}
            leftSection={<IconSend size={12} aria-hidden />}
            aria-label={say('delivery.againNamed', { what, connection: connectionId })}
            onClick={() =>
              deed.mutate({
                path: `/api/v1/deliveries/${encodeURIComponent(id)}/replay`,
                body: { evenIfDelivered: state === 'delivered' },
              })
            }
          >
            {say('delivery.again')}
          </Button>
        )}
      </Group>
      <WhyNotYet delivery={delivery} />
      {deed.isError && (
        <Text role="alert" size="sm" c="red">
          {deed.error instanceof ApiProblem ? deed.error.message : say('dialog.failed')}
        </Text>
      )}
      {deed.isSuccess && (
        <Text role="status" size="sm">
          {say('delivery.sent')}
        </Text>
      )}
    </div>
  )
}

/** What the last try came to, and when the next one is. */
function WhyNotYet({
  delivery: { state, attempts, dueAt, lastAttempt },
}: {
  readonly delivery: CaseDelivery
}) {
  const { say } = useCaseTexts()
  if (state === 'delivered' || !lastAttempt?.code) return null
  return (
    <Text size="sm" c="dimmed">
      {lastAttempt.code}
      {lastAttempt.reason === null ? '' : `: ${lastAttempt.reason}`} ·{' '}
      {say('delivery.tries', { count: attempts })}
      {dueAt !== null && (
        <>
          {' · '}
          {say('delivery.next')} <TimeText at={dueAt} />
        </>
      )}
    </Text>
  )
}
