import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formText } from '../form-text.ts'
import { ProblemView } from '../problem-view.tsx'
import { createView, type SavedView, type ViewScreen } from './saved-views-api.ts'
import { viewsKey } from './use-views.ts'

/** As the hub takes them. */
const longestName = 100

/** Keeps what is shown under a name. */
export function SaveView({
  screen,
  search,
  own,
  onClose,
}: {
  readonly screen: ViewScreen
  readonly search: object
  /** Those that have a name already. */
  readonly own: readonly SavedView[]
  readonly onClose: () => void
}) {
  const { t } = useTranslation(['saved-views', 'common'])
  const queries = useQueryClient()
  const [wrong, setWrong] = useState<string | null>(null)
  const save = useMutation({
    mutationFn: createView,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: viewsKey(screen) })
      onClose()
    },
  })
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const name = formText(form, 'name').trim()
    const fault = faultOf(name, own)
    setWrong(fault && t(`name.${fault}`))
    if (fault === null) save.mutate({ screen, name, search, isShared: form.has('isShared') })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('save.title')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput
            name="name"
            label={t('name.label')}
            description={t('save.about')}
            maxLength={longestName}
            error={wrong}
            data-autofocus
          />
          <Checkbox name="isShared" label={t('save.share')} description={t('save.shareAbout')} />
          {save.isError && <ProblemView error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t('common:save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** Why a view cannot be called so. */
function faultOf(name: string, own: readonly SavedView[]): 'missing' | 'taken' | null {
  if (name === '') return 'missing'
  const isTaken = own.some((view) => view.name.toLowerCase() === name.toLowerCase())
  return isTaken ? 'taken' : null
}
