import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sessionKey } from '../../session/session.tsx'
import { changePassword } from '../../session/session-api.ts'
import { formText } from '../../views/form-text.ts'

const minLength = 12

/** For those who came in with a password that somebody else made. */
export function ChoosePasswordScreen() {
  const { t } = useTranslation(['sign-in', 'common'])
  const queries = useQueryClient()
  const [complaint, complain] = useState<'short' | 'differs' | null>(null)
  const change = useMutation({
    mutationFn: ({ current, chosen }: { current: string; chosen: string }) =>
      changePassword(current, chosen),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionKey }),
  })
  useEffect(() => {
    document.title = `${t('change.title')} · ${t('common:product')}`
  }, [t])
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const chosen = formText(given, 'new')
    const wrong = complaintOf(chosen, formText(given, 'repeat'))
    complain(wrong)
    if (wrong === null) change.mutate({ current: formText(given, 'current'), chosen })
  }
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p="xl" w="100%" maw={440}>
        <form onSubmit={submit}>
          <Stack>
            <Title order={1} size="h2">
              {t('change.title')}
            </Title>
            <Text>{t('change.why')}</Text>
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
            <Button type="submit" loading={change.isPending}>
              {t('change.submit')}
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  )
}

function complaintOf(chosen: string, repeated: string): 'short' | 'differs' | null {
  if (chosen.length < minLength) return 'short'
  return chosen === repeated ? null : 'differs'
}
