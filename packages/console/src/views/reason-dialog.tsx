import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../api/problem.ts'

interface ReasonDialogProps {
  readonly isOpen: boolean
  readonly title: string
  readonly hint?: string
  readonly label?: string
  readonly submit: string
  /** One line, for a name. */
  readonly isShort?: boolean
  readonly isDanger?: boolean
  readonly initial?: string
  readonly minLength?: number
  readonly onClose: () => void
  readonly onReason: (reason: string) => Promise<void>
}

/** Asks for a few words, and keeps them while what they are for fails. */
export function ReasonDialog({
  isOpen,
  title,
  hint,
  label,
  submit,
  isShort = false,
  isDanger = false,
  initial = '',
  minLength = 3,
  onClose,
  onReason,
}: ReasonDialogProps) {
  const { t } = useTranslation()
  const { reason, setReason, failure, isBusy, send } = useReason({ initial, minLength, onReason })
  const Field = isShort ? TextInput : Textarea
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': t('cancel') }}
    >
      <form onSubmit={(event) => void send(event)} noValidate>
        <Stack>
          {hint !== undefined && <Text size="sm">{hint}</Text>}
          <Field
            data-autofocus
            label={label ?? t('reason')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={failure}
            {...(isShort ? {} : { autosize: true, minRows: 3 })}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={isBusy} {...(isDanger ? { color: 'red' } : {})}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** What was typed, and the attempt to send it. */
function useReason({
  initial,
  minLength,
  onReason,
}: Required<Pick<ReasonDialogProps, 'initial' | 'minLength' | 'onReason'>>) {
  const { t } = useTranslation()
  const [reason, setReason] = useState(initial)
  const [failure, setFailure] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (reason.trim().length < minLength) {
      setFailure(t('dialog.short'))
      return
    }
    setBusy(true)
    setFailure(null)
    try {
      await onReason(reason.trim())
      setReason(initial)
    } catch (error) {
      setFailure(error instanceof ApiProblem ? error.message : t('dialog.failed'))
    } finally {
      setBusy(false)
    }
  }

  return { reason, setReason, failure, isBusy, send }
}
