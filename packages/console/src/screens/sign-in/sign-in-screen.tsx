import {
  Alert,
  Button,
  Center,
  Divider,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { type FormEvent, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../api/problem.ts'
import { sessionKey } from '../../session/session.tsx'
import { readSignInOptions, type SignInOptions, signIn } from '../../session/session-api.ts'
import { formText } from '../../views/form-text.ts'

/** The way in. After it, the address that was asked for is shown. */
export function SignInScreen() {
  const { t } = useTranslation(['sign-in', 'common'])
  const options = useQuery({ queryKey: ['sign-in-options'], queryFn: readSignInOptions })
  useEffect(() => {
    document.title = `${t('title')} · ${t('common:product')}`
  }, [t])
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p="xl" w="100%" maw={400}>
        <Stack>
          <Title order={1} size="h2">
            {t('title')}
          </Title>
          <OidcProblem />
          <PasswordForm />
          {options.data?.oidc && <OidcWay oidc={options.data.oidc} />}
          <Text size="sm" c="dimmed">
            {t('first')}
          </Text>
        </Stack>
      </Paper>
    </Center>
  )
}

function PasswordForm() {
  const { t } = useTranslation('sign-in')
  const queries = useQueryClient()
  const enter = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) =>
      signIn(email, password),
    onSuccess: (session) => queries.setQueryData(sessionKey, session),
  })
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    enter.mutate({ email: formText(given, 'email'), password: formText(given, 'password') })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        {enter.isError && (
          <Alert role="alert" color="red" variant="light">
            {failureText(enter.error, t)}
          </Alert>
        )}
        <TextInput
          name="email"
          type="email"
          label={t('email')}
          autoComplete="username"
          required
          autoFocus
        />
        <PasswordInput
          visibilityToggleButtonProps={{ 'aria-label': t('show') }}
          name="password"
          label={t('password')}
          autoComplete="current-password"
          required
        />
        <Button type="submit" loading={enter.isPending}>
          {t('submit')}
        </Button>
      </Stack>
    </form>
  )
}

function failureText(error: unknown, t: TFunction<'sign-in'>): string {
  if (!(error instanceof ApiProblem)) return t('failed', { detail: '' })
  if (error.status === 401) return t('wrong')
  if (error.status === 429) return t('wait', { count: error.retryAfterSeconds ?? 60 })
  return t('failed', { detail: error.message })
}

function OidcWay({ oidc }: { readonly oidc: NonNullable<SignInOptions['oidc']> }) {
  const { t } = useTranslation('sign-in')
  const { pathname, search } = globalThis.location
  const to = encodeURIComponent(`${pathname}${search}`)
  return (
    <>
      <Divider label={t('or')} />
      <Button component="a" variant="default" href={`${oidc.startPath}?to=${to}`}>
        {t('with', { label: oidc.label })}
      </Button>
    </>
  )
}

/** The identity provider sends people back with a code where it did not let them in. */
function OidcProblem() {
  const { t } = useTranslation('sign-in')
  const code = new URLSearchParams(globalThis.location.search).get('sign_in_error')
  if (code === null) return null
  return (
    <Alert role="alert" color="red" variant="light">
      {t('failed', { detail: code })}
    </Alert>
  )
}
