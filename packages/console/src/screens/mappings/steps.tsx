import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import {
  checkVersion,
  type DocumentProblem,
  type Mapping,
  type Step,
  takeStep,
} from './mappings-api.ts'

/** What can be done next with a version in each state; the first is what one most likely wants. */
const stepsOf: Readonly<Record<Mapping['state'], readonly Step[]>> = {
  draft: ['check', 'retire'],
  checked: ['activate', 'review', 'retire'],
  reviewed: ['activate', 'retire'],
  active: ['roll-back', 'retire'],
  retired: [],
}

const leadsOn: ReadonlySet<Step> = new Set(['check', 'activate'])

/** Others notice these: they are asked about first. */
const asksFirst: ReadonlySet<Step> = new Set(['activate', 'retire', 'roll-back'])

/** The way of a version: checked, reviewed, in force; and back. */
export function Steps({ mapping, etag }: { readonly mapping: Mapping; readonly etag: string }) {
  const { t } = useTranslation(['mappings', 'common'])
  const queries = useQueryClient()
  const [asked, ask] = useState<Step | null>(null)
  const [problems, setProblems] = useState<readonly DocumentProblem[] | null>(null)
  const take = useMutation({
    async mutationFn(step: Step) {
      setProblems(null)
      if (step === 'check') setProblems((await checkVersion(mapping.id, etag)).problems)
      else await takeStep(mapping.id, step, etag)
    },
    onSuccess: () => ask(null),
    // Also where it failed: somebody else may have been faster.
    onSettled: () => queries.invalidateQueries({ queryKey: ['mappings'] }),
  })
  const steps = stepsOf[mapping.state].filter(
    (step) => step !== 'roll-back' || mapping.replaces !== null,
  )
  const start = (step: Step): void => (asksFirst.has(step) ? ask(step) : take.mutate(step))
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {steps.map((step, index) => (
          <Allowed key={step} right={step === 'review' ? 'documents.review' : 'documents.manage'}>
            <Button
              size="xs"
              variant={index === 0 && leadsOn.has(step) ? 'filled' : 'default'}
              loading={take.isPending}
              onClick={() => start(step)}
            >
              {t(`step.${step}`)}
            </Button>
          </Allowed>
        ))}
      </Group>
      {take.isError && asked === null && <ProblemView error={take.error} />}
      <CheckFound problems={problems} />
      {asked !== null && (
        <Modal
          opened
          onClose={() => ask(null)}
          title={t(`step.${asked}`)}
          closeButtonProps={{ 'aria-label': t('common:close') }}
        >
          <Stack>
            <Text>{t(`ask.${asked as 'activate'}`, { name: mapping.name })}</Text>
            {take.isError && <ProblemView error={take.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={() => ask(null)}>
                {t('common:cancel')}
              </Button>
              <Button loading={take.isPending} onClick={() => take.mutate(asked)} data-autofocus>
                {t(`step.${asked}`)}
              </Button>
            </Group>
          </Stack>
        </Modal>
      )}
    </Stack>
  )
}

function CheckFound({ problems }: { readonly problems: readonly DocumentProblem[] | null }) {
  const { t } = useTranslation('mappings')
  return (
    <div role="status">
      {problems !== null && problems.length > 0 && (
        <Alert color="red" variant="light" title={t('check.failed', { count: problems.length })}>
          <List size="sm" className="break">
            {problems.map(({ line, path, message }) => (
              <List.Item key={`${line} ${path} ${message}`}>
                {line === null ? '' : `${t('document.line', { line })} `}
                {path} {message}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {problems?.length === 0 && <Text size="sm">{t('check.passed')}</Text>}
    </div>
  )
}
