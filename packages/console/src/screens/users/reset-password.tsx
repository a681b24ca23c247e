import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../../views/problem-view.tsx'
import { ShownOnce } from './once.tsx'
import { resetPassword, type User } from './users-api.ts'

/** Gives somebody who has lost theirs a password to come in with once. */
export function ResetPassword({
  user,
  onClose,
}: {
  readonly user: User
  readonly onClose: () => void
}) {
  const { t } = useTranslation(['users', 'common'])
  const queries = useQueryClient()
  const reset = useMutation({
    mutationFn: () => resetPassword(user),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }),
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('reset.title', { name: user.name })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack>
        {reset.isSuccess ? (
          <ShownOnce
            value={reset.data.oneTimePassword}
            about={t('new.made', { email: user.email })}
          />
        ) : (
          <Text>{t('reset.about')}</Text>
        )}
        {reset.isError && <ProblemView error={reset.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t(reset.isSuccess ? 'common:close' : 'common:cancel')}
          </Button>
          {!reset.isSuccess && (
            <Button loading={reset.isPending} onClick={() => reset.mutate()} data-autofocus>
              {t('reset.do')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}
