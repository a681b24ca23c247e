import { Alert, Button, Group, NumberInput, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { DryRunSamples } from './dry-run-samples.tsx'
import { addPage, type DryRunSum, nothingRun } from './dry-run-sum.ts'
import { dryRunVersion, type Mapping } from './mappings-api.ts'

const usualDays = 7
const mostDays = 366

/** What this version would change of what was recorded. Nothing is changed by looking. */
export function DryRunPanel({
  mapping,
  isChanged,
}: {
  readonly mapping: Mapping
  readonly isChanged: boolean
}) {
  const { t } = useTranslation('mappings')
  const [days, setDays] = useState(usualDays)
  const [sum, setSum] = useState<DryRunSum | null>(null)
  const run = useMutation({
    mutationFn: (cursor: string | undefined) => dryRunVersion(mapping.id, { days, cursor }),
    onSuccess: (page, cursor) =>
      setSum((known) => addPage(cursor === undefined ? nothingRun : (known ?? nothingRun), page)),
  })
  return (
    <Stack gap="sm">
      <Text size="sm">{t('dryRun.about')}</Text>
      {isChanged && <Alert color="yellow" variant="light" title={t('dryRun.saved')} />}
      <Group align="flex-end">
        <NumberInput
          size="xs"
          label={t('dryRun.days')}
          value={days}
          min={1}
          max={mostDays}
          allowDecimal={false}
          onChange={(value) => setDays(typeof value === 'number' ? value : usualDays)}
        />
        <Allowed right="documents.manage">
          <Button size="xs" loading={run.isPending} onClick={() => run.mutate(undefined)}>
            {t('dryRun.do')}
          </Button>
        </Allowed>
      </Group>
      {run.isError && <ProblemView error={run.error} />}
      <div role="status">{sum !== null && <Counts sum={sum} />}</div>
      {sum !== null && <DryRunSamples samples={sum.samples} />}
      {sum !== null && sum.next !== undefined && (
        <Group>
          <Button
            size="xs"
            variant="default"
            loading={run.isPending}
            onClick={() => run.mutate(sum.next)}
          >
            {t('dryRun.older')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

function Counts({ sum }: { readonly sum: DryRunSum }) {
  const { t } = useTranslation('mappings')
  if (sum.checked === 0) return <Text>{t('dryRun.nothing')}</Text>
  const parts = (['same', 'changed', 'newlyReadable', 'newlyUnreadable', 'unreadable'] as const)
    .filter((kind) => sum[kind] > 0)
    .map((kind) => t(`dryRun.${kind}`, { count: sum[kind] }))
  return (
    <Text>
      {t('dryRun.checked', { count: sum.checked })} {parts.join(', ')}.
    </Text>
  )
}
