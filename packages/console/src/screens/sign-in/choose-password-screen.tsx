import { Center, Paper, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { sessionKey } from '../../session/session.tsx'
import { PasswordForm } from '../../views/password-form.tsx'

/** For those who came in with a password that somebody else made. */
export function ChoosePasswordScreen() {
  const { t } = useTranslation(['sign-in', 'common'])
  const queries = useQueryClient()
  useEffect(() => {
    document.title = `${t('change.title')} · ${t('common:product')}`
  }, [t])
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p="xl" w="100%" maw={440}>
        <PasswordForm
          submit={t('change.submit')}
          onChanged={() => queries.invalidateQueries({ queryKey: sessionKey })}
        >
          <Title order={1} size="h2">
            {t('change.title')}
          </Title>
          <Text>{t('change.why')}</Text>
        </PasswordForm>
      </Paper>
    </Center>
  )
}
