import { Alert, Anchor, Badge, Button, Code, Group, Text, Title } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../session/session.tsx'
import { Allowed } from '../../views/allowed.tsx'
import { CopyButton } from '../../views/copy-button.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { ReasonDialog } from '../../views/reason-dialog.tsx'
import { Screen } from '../../views/screen.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { readMessage, replayMessage, revealMessage } from './letters-api.ts'

export const Route = createLazyRoute('/messages/$id')({ component: MessageScreen })

/** One message: who sent it, what became of it, and its bytes. */
function MessageScreen() {
  const { t } = useTranslation('dead-letters')
  const { id } = Route.useParams()
  const found = useQuery({ queryKey: ['messages', id], queryFn: () => readMessage(id) })
  if (found.isPending) return <Waiting />
  if (found.isError) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  const message = found.data
  return (
    <Screen
      title={`${message.topic} · ${message.connectionId}`}
      about={<TimeText at={message.receivedAt} as="exact" />}
      actions={
        message.parked && <Replay id={id} isConflict={message.code === 'MESSAGE_ID_REUSED'} />
      }
    >
      <Group>
        <Badge variant="default" tt="none">
          {t(`state.${message.outcome ?? 'waiting'}`)}
        </Badge>
        {message.caseId !== null && (
          <Anchor component={Link} to={`/cases/${message.caseId}`}>
            {t('column.case')}
          </Anchor>
        )}
        <Text size="sm">{message.externalId}</Text>
      </Group>
      <MappingLink message={message} />
      {message.detail !== null && (
        <Alert color="gray" variant="light" title={message.code}>
          {message.detail}
        </Alert>
      )}
      <Body key={id} id={id} message={message} />
    </Screen>
  )
}

/**
 * What was sent. People see it without personal data, and all of it when they have said why; that is kept on this
 * page alone, and gone when one leaves it.
 */
function Body({
  id,
  message,
}: {
  readonly id: string
  readonly message: { readonly body: string | null; readonly isMasked: boolean }
}) {
  const { t } = useTranslation('dead-letters')
  const [whole, keep] = useState<string | null>(null)
  const [isAsked, ask] = useState(false)
  const shown = whole ?? message.body
  return (
    <>
      <Group>
        <Title order={2} size="h4">
          {t('message.body')}
        </Title>
        {shown !== null && <CopyButton value={shown} what={t('message.body')} />}
      </Group>
      {message.isMasked && whole === null && (
        <Group>
          <Text c="dimmed">{t(message.body === null ? 'message.notJson' : 'message.masked')}</Text>
          <Allowed right="message_bodies.read">
            <Button
              size="xs"
              variant="default"
              leftSection={<IconEye size={16} aria-hidden />}
              onClick={() => ask(true)}
            >
              {t('message.show')}
            </Button>
          </Allowed>
        </Group>
      )}
      {!message.isMasked && message.body === null && <Text c="dimmed">{t('message.hidden')}</Text>}
      {shown !== null && (
        <Code block tabIndex={0} mah={520} role="region" aria-label={t('message.body')}>
          {shown}
        </Code>
      )}
      <ReasonDialog
        isOpen={isAsked}
        title={t('message.why')}
        hint={t('message.logged')}
        submit={t('message.show')}
        onClose={() => ask(false)}
        onReason={async (reason) => {
          keep((await revealMessage(id, reason)).body)
          ask(false)
        }}
      />
    </>
  )
}

/** To the mapping that reads it, with this message as the sample; there is none for what the hub itself reads. */
function MappingLink({
  message: { id, topic, connectionId },
}: {
  readonly message: { readonly id: string; readonly topic: string; readonly connectionId: string }
}) {
  const { t } = useTranslation('dead-letters')
  const { can } = useSession()
  const name = `${connectionId}/${topic}`
  if (topic === 'canonical-events' || ownTopics.has(connectionId) || !can('documents.read')) {
    return null
  }
  return (
    <Link className="list-link" to="/mappings/new" search={{ name, message: id }}>
      {t('message.mapping')}
    </Link>
  )
}

/** What the hub says to itself has no mapping. */
const ownTopics: ReadonlySet<string> = new Set(['api', 'timer', 'delivery', 'policy'])

function Replay({ id, isConflict }: { readonly id: string; readonly isConflict: boolean }) {
  const { t } = useTranslation('dead-letters')
  const queries = useQueryClient()
  const replay = useMutation({
    mutationFn: () => replayMessage(id, isConflict),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['messages'] }),
  })
  if (replay.isSuccess) return <Text role="status">{t('message.queued')}</Text>
  return (
    <div>
      <Allowed right="messages.replay">
        <Button loading={replay.isPending} onClick={() => replay.mutate()}>
          {t(isConflict ? 'message.accept' : 'message.replay')}
        </Button>
      </Allowed>
      {replay.isError && <ProblemView error={replay.error} />}
    </div>
  )
}
