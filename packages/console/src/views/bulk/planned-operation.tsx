import { Alert, Button, Group, List, NumberInput, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../problem-view.tsx'
import { type ItemState, listItems, type Operation, startOperation } from './bulk-api.ts'

const sampleSize = 5

/** What would be done: how many, which, and what is left out and why. */
export function PlannedOperation({
  operation,
  isFinal,
  onStarted,
  onCancel,
}: {
  readonly operation: Operation
  readonly isFinal: boolean
  readonly onStarted: (operation: Operation) => void
  readonly onCancel: () => void
}) {
  const { t } = useTranslation(['operations', 'common'])
  const { id, total, excluded, isCut } = operation
  const [count, setCount] = useState<number | string>('')
  const start = useMutation({
    mutationFn: () => startOperation(id, total),
    onSuccess: onStarted,
  })
  return (
    <Stack>
      <Text fw={600} role="status">
        {t('plan.total', { count: total })}
      </Text>
      {isCut && <Alert color="yellow" variant="light" title={t('plan.cut')} />}
      {total > 0 && <Sample id={id} state="waiting" />}
      {excluded > 0 && (
        <>
          <Text size="sm">{t('plan.excluded', { count: excluded })}</Text>
          <Sample id={id} state="excluded" />
        </>
      )}
      {isFinal && total > 0 && (
        <NumberInput
          label={t('plan.confirm', { total })}
          value={count}
          onChange={setCount}
          allowDecimal={false}
          hideControls
          data-autofocus
        />
      )}
      {start.isError && <ProblemView error={start.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {t('common:cancel')}
        </Button>
        <Button
          {...(isFinal ? { color: 'red' } : { 'data-autofocus': true })}
          disabled={total === 0 || (isFinal && count !== total)}
          loading={start.isPending}
          onClick={() => start.mutate()}
        >
          {t('plan.start', { count: total })}
        </Button>
      </Group>
    </Stack>
  )
}

function Sample({ id, state }: { readonly id: string; readonly state: ItemState }) {
  const found = useQuery({
    queryKey: ['operations', 'sample', id, state],
    queryFn: ({ signal }) => listItems(id, { state, limit: sampleSize }, signal),
  })
  return (
    <List size="sm" className="break">
      {found.data?.data.map(({ itemNo, label, detail }) => (
        <List.Item key={itemNo}>
          {label}
          {detail !== null && ` – ${detail}`}
        </List.Item>
      ))}
      {found.data?.next_cursor != null && <List.Item>…</List.Item>}
    </List>
  )
}
