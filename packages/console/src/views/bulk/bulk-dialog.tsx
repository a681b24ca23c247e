import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formText } from '../form-text.ts'
import { ProblemView } from '../problem-view.tsx'
import { type BulkRequest, type Operation, planOperation } from './bulk-api.ts'
import { PlannedOperation } from './planned-operation.tsx'
import { RunningOperation } from './running-operation.tsx'

/** An action on everything that was chosen. */
export interface BulkAction {
  readonly title: string
  /** What it does to each, in a sentence. */
  readonly about: string
  readonly request: BulkRequest
  /** What has to be said with it; `owner` may be left empty for nobody. */
  readonly asks?: 'reason' | 'owner'
  /** It cannot be taken back. */
  readonly isFinal?: boolean
}

/** Asks what is needed, says what would be done, does it when somebody wants it, and shows how it goes. */
export function BulkDialog({
  action,
  refreshes,
  onClose,
}: {
  readonly action: BulkAction
  /** The list that has to be read anew when it has ended. */
  readonly refreshes: string
  readonly onClose: (isDone: boolean) => void
}) {
  const queries = useQueryClient()
  const [started, start] = useState<string | null>(null)
  const plan = useMutation({ mutationFn: planOperation })
  const close = (): void => {
    if (started !== null) void queries.invalidateQueries({ queryKey: [refreshes] })
    onClose(started !== null)
  }
  return (
    // Its own header would be a second banner of the page.
    <Modal opened onClose={close} withCloseButton={false} size="lg">
      <Stack>
        <Modal.Title fw={600}>{action.title}</Modal.Title>
        <Text size="sm">{action.about}</Text>
        {started !== null && <RunningOperation id={started} onClose={close} />}
        {started === null && (
          <Plan
            action={action}
            plan={plan}
            onStarted={({ id }) => start(id)}
            onCancel={() => onClose(false)}
          />
        )}
      </Stack>
    </Modal>
  )
}

function Plan({
  action,
  plan,
  onStarted,
  onCancel,
}: {
  readonly action: BulkAction
  readonly plan: ReturnType<typeof useMutation<Operation, Error, BulkRequest>>
  readonly onStarted: (operation: Operation) => void
  readonly onCancel: () => void
}) {
  const { t } = useTranslation(['operations', 'common'])
  const { asks, request, isFinal = false } = action
  const [said, say] = useState('')
  function look(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const text = formText(new FormData(event.currentTarget), 'said').trim()
    plan.mutate({ ...request, ...saidOf(asks, text) })
  }
  const isMute = asks === 'reason' && said.trim().length < shortestReason
  return (
    <>
      <form onSubmit={look}>
        <Stack>
          {asks !== undefined && (
            <Said
              asks={asks}
              onSay={(text) => {
                say(text)
                plan.reset()
              }}
            />
          )}
          {plan.isError && <ProblemView error={plan.error} />}
          {plan.data === undefined && (
            <Group justify="flex-end">
              <Button variant="default" onClick={onCancel}>
                {t('common:cancel')}
              </Button>
              <Button type="submit" disabled={isMute} loading={plan.isPending} data-autofocus>
                {t('plan.do')}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
      {plan.data !== undefined && (
        <PlannedOperation
          key={plan.data.id}
          operation={plan.data}
          isFinal={isFinal}
          onStarted={onStarted}
          onCancel={onCancel}
        />
      )}
    </>
  )
}

const shortestReason = 3

function saidOf(asks: BulkAction['asks'], text: string): Partial<BulkRequest> {
  if (asks === 'reason') return { reason: text }
  if (asks === 'owner') return { owner: text === '' ? null : text }
  return {}
}

function Said({
  asks,
  onSay,
}: {
  readonly asks: 'reason' | 'owner'
  readonly onSay: (text: string) => void
}) {
  const { t } = useTranslation(['operations', 'common'])
  const Field = asks === 'reason' ? Textarea : TextInput
  return (
    <Field
      name="said"
      label={asks === 'reason' ? t('common:reason') : t('plan.owner')}
      description={asks === 'owner' ? t('plan.nobody') : undefined}
      data-autofocus
      maxLength={1_000}
      onChange={({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
        onSay(value)
      }
    />
  )
}
