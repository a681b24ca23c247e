import { Alert, Button, Group, PasswordInput, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changePassword } from '../session/session-api.ts'
import { formText } from './form-text.ts'

const minLength = 12

/** Asks for the password so far and a new one, and says what is wrong with it. */
export function PasswordForm({
  submit,
  children,
  onChanged,
}: {
  readonly submit: string
  readonly children?: ReactNode
  readonly onChanged: () => unknown
}) {
  const { t } = useTranslation('sign-in')
  const [complaint, complain] = useState<'short' | 'differs' | null>(null)
  const change = useMutation({
    mutationFn: ({ current, chosen }: { current: string; chosen: string }) =>
      changePassword(current, chosen),
    onSuccess: onChanged,
  })
  function send(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const chosen = formText(given, 'new')
    const wrong = complaintOf(chosen, formText(given, 'repeat'))
    complain(wrong)
    if (wrong === null) change.mutate({ current: formText(given, 'current'), chosen })
  }
  return (
    <form onSubmit={send}>
      <Stack>
        {children}
        {change.isError && (
          <Alert role="alert" color="red" variant="light">
            {t('failed', { detail: change.error.message })}
          </Alert>
        )}
        <PasswordInput
          visibilityToggleButtonProps={{ 'aria-label': t('show') }}
          name="current"
          label={t('change.current')}
          autoComplete="current-password"
          required
        />
        <PasswordInput
          visibilityToggleButtonProps={{ 'aria-label': t('show') }}
          name="new"
          label={t('change.new')}
          description={t('change.rule')}
          autoComplete="new-password"
          error={complaint === 'short' && t('change.short')}
          required
        />
        <PasswordInput
          visibilityToggleButtonProps={{ 'aria-label': t('show') }}
          name="repeat"
          label={t('change.repeat')}
          autoComplete="new-password"
          error={complaint === 'differs' && t('change.differs')}
          required
        />
        <Group>
          <Button type="submit" loading={change.isPending}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function complaintOf(chosen: string, repeated: string): 'short' | 'differs' | null {
  if (chosen.length < minLength) return 'short'
  return chosen === repeated ? null : 'differs'
}
