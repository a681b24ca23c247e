import { Button, Group, Modal, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconUpload } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Imported } from './imported.tsx'
import { PlanView } from './plan-view.tsx'
import { type GivenTable, TableFields } from './table-fields.tsx'
import { useTitles } from './use-titles.ts'
import { importWords, planImport, type Vocabulary } from './words-api.ts'

/** Takes over a table of words: says first what that would change. */
export function ImportDialog({ vocabulary }: { readonly vocabulary: Vocabulary }) {
  const { t } = useTranslation(['words', 'common'])
  const titles = useTitles()
  const [isOpen, { open, close }] = useDisclosure()
  return (
    <>
      <Allowed right="vocabularies.manage">
        <Button variant="default" leftSection={<IconUpload size={16} aria-hidden />} onClick={open}>
          {t('import.do')}
        </Button>
      </Allowed>
      <Modal
        opened={isOpen}
        onClose={close}
        size="xl"
        title={t('import.title', { vocabulary: titles.vocabulary(vocabulary) })}
        closeButtonProps={{ 'aria-label': t('common:close') }}
      >
        <Import vocabulary={vocabulary} onClose={close} />
      </Modal>
    </>
  )
}

function Import({
  vocabulary,
  onClose,
}: {
  readonly vocabulary: Vocabulary
  readonly onClose: () => void
}) {
  const { t } = useTranslation(['words', 'common'])
  const queries = useQueryClient()
  const [table, setTable] = useState<GivenTable>({ csv: '', connectionId: null })
  const plan = useMutation({ mutationFn: planImport })
  const run = useMutation({
    mutationFn: importWords,
    // Also where it failed: it may have come through, and its answer not.
    onSettled: () => queries.invalidateQueries({ queryKey: ['words'] }),
  })
  if (run.isSuccess) return <Imported come={run.data} onClose={onClose} />
  function change(next: GivenTable): void {
    setTable(next)
    // What was planned is of another table.
    plan.reset()
    run.reset()
  }
  function look(event: FormEvent): void {
    event.preventDefault()
    run.reset()
    plan.mutate({ ...table, vocabulary: vocabulary.name })
  }
  return (
    <Stack>
      <form onSubmit={look}>
        <Stack>
          <TableFields vocabulary={vocabulary} table={table} onChange={change} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button
              type="submit"
              variant={plan.isSuccess ? 'default' : 'filled'}
              disabled={table.csv.trim() === ''}
              loading={plan.isPending}
            >
              {t('import.plan')}
            </Button>
          </Group>
        </Stack>
      </form>
      {plan.isError && <ProblemView error={plan.error} />}
      {plan.isSuccess && (
        <PlanView
          key={plan.submittedAt}
          plan={plan.data}
          isBusy={run.isPending}
          onImport={() => run.mutate(plan.variables)}
        />
      )}
      {run.isError && <ProblemView error={run.error} />}
    </Stack>
  )
}
