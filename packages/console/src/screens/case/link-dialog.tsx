import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ApiProblem } from '../../api/problem.ts'
import { useCaseTexts } from './texts.ts'

const fields = ['system', 'type', 'value'] as const
type Ref = Record<(typeof fields)[number], string>

const empty: Ref = { system: '', type: '', value: '' }

/** Ties a number of another system to the case. */
export function LinkDialog({
  isOpen,
  onClose,
  onLink,
}: {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onLink: (ref: Ref) => Promise<void>
}) {
  const { say, word } = useCaseTexts()
  const [ref, setRef] = useState(empty)
  const [failure, setFailure] = useState<string | null>(null)

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault()
    setFailure(null)
    if (fields.some((name) => ref[name].trim() === '')) {
      setFailure(say('link.incomplete'))
      return
    }
    try {
      await onLink(ref)
      setRef(empty)
    } catch (error) {
      setFailure(error instanceof ApiProblem ? error.message : say('dialog.failed'))
    }
  }

  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={say('link.title')}
      closeButtonProps={{ 'aria-label': say('dialog.cancel') }}
    >
      <form onSubmit={(event) => void send(event)} noValidate>
        <Stack>
          <Text size="sm">{say('link.hint')}</Text>
          {fields.map((name) => (
            <TextInput
              key={name}
              label={word('linkField', name)}
              value={ref[name]}
              onChange={({ currentTarget: { value } }) =>
                setRef((now) => ({ ...now, [name]: value }))
              }
            />
          ))}
          {failure !== null && (
            <Text role="alert" size="sm" c="red">
              {failure}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('dialog.cancel')}
            </Button>
            <Button type="submit">{say('link.submit')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
