import { Button, Group, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { formText } from '../../views/form-text.ts'
import { ProblemView } from '../../views/problem-view.tsx'
import { type Mapping, saveDraft } from './mappings-api.ts'
import type { Bench } from './use-bench.ts'

/** Keeps what is written as a new version. What is in force stays so. */
export function SaveBar({
  bench,
  onSaved,
}: {
  readonly bench: Bench
  readonly onSaved: (mapping: Mapping) => void
}) {
  const { t } = useTranslation('mappings')
  const queries = useQueryClient()
  const { name, content, forget, isChanged } = bench
  useWarning(isChanged)
  const save = useMutation({
    mutationFn: (note: string) =>
      saveDraft({ name, content, note: note === '' ? undefined : note }),
    async onSuccess(mapping) {
      forget()
      await queries.invalidateQueries({ queryKey: ['mappings'] })
      onSaved(mapping)
    },
  })
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    save.mutate(formText(new FormData(event.currentTarget), 'note').trim())
  }
  return (
    <form onSubmit={submit}>
      <Group align="flex-end">
        <TextInput
          name="note"
          size="xs"
          label={t('save.note')}
          maxLength={2000}
          className="grows"
          maw={480}
        />
        <Allowed right="documents.manage">
          <Button type="submit" size="xs" loading={save.isPending} disabled={!isChanged}>
            {t('save.do')}
          </Button>
        </Allowed>
      </Group>
      {save.isError && <ProblemView error={save.error} />}
    </form>
  )
}

/** The browser asks before a tab is closed in which something is not saved. */
function useWarning(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [isChanged])
}
