import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { formText } from '../../views/form-text.ts'
import { ProblemView } from '../../views/problem-view.tsx'
import { ShownOnce } from './once.tsx'
import { createUser, personRoles } from './users-api.ts'

/** Lets somebody in; the password that they come in with is shown this once. */
export function NewUser({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['users', 'common'])
  const queries = useQueryClient()
  const make = useMutation({
    mutationFn: createUser,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }),
  })
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    make.mutate({
      email: formText(form, 'email'),
      name: formText(form, 'name'),
      role: formText(form, 'role'),
    })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('new.title')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {make.isSuccess ? (
        <Stack>
          <ShownOnce
            value={make.data.oneTimePassword}
            about={t('new.made', { email: make.data.user.email })}
          />
          <Button onClick={onClose}>{t('common:close')}</Button>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            {make.isError && <ProblemView error={make.error} />}
            <TextInput name="name" label={t('new.name')} required maxLength={100} data-autofocus />
            <TextInput name="email" type="email" label={t('new.email')} required />
            <NativeSelect
              name="role"
              label={t('column.role')}
              defaultValue="agent"
              data={personRoles.map((value) => ({ value, label: t(`common:role.${value}`) }))}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t('common:cancel')}
              </Button>
              <Button type="submit" loading={make.isPending}>
                {t('new.submit')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}
