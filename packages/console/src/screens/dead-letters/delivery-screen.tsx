import { Anchor, Badge, Button, Code, Group, Stack, Table, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { CopyButton } from '../../views/copy-button.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { readDelivery, replayDelivery } from './letters-api.ts'

export const Route = createLazyRoute('/deliveries/$id')({ component: DeliveryScreen })

/** One delivery: what is owed to whom, and how each try went. */
function DeliveryScreen() {
  const { t } = useTranslation('dead-letters')
  const { id } = Route.useParams()
  const found = useQuery({ queryKey: ['deliveries', id], queryFn: () => readDelivery(id) })
  if (found.isPending) return <Waiting />
  if (found.isError) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  const { caseNo, command, connectionId, state, body, tries, replayOf, dueAt } = found.data
  const text = JSON.stringify(body, null, 2)
  return (
    <Screen
      title={`${command} · ${connectionId}`}
      about={
        <>
          <Anchor component={Link} to={`/cases/${caseNo}`}>
            {caseNo}
          </Anchor>
          {` · ${id}`}
        </>
      }
      actions={state === 'dead' && <Replay id={id} />}
    >
      <Group>
        <Badge variant="default" tt="none">
          {t(`state.${state}`)}
        </Badge>
        {dueAt !== null && (
          <Text size="sm">
            {t('delivery.next')}: <TimeText at={dueAt} />
          </Text>
        )}
        {replayOf !== null && (
          <Anchor component={Link} to={`/deliveries/${replayOf}`} size="sm">
            {t('delivery.replayOf')} {replayOf}
          </Anchor>
        )}
      </Group>
      <Title order={2} size="h4">
        {t('delivery.tries')}
      </Title>
      <Tries tries={tries} />
      <Group>
        <Title order={2} size="h4">
          {t('delivery.body')}
        </Title>
        <CopyButton value={text} what={t('delivery.body')} />
      </Group>
      <Code block tabIndex={0} mah={480} role="region" aria-label={t('delivery.body')}>
        {text}
      </Code>
    </Screen>
  )
}

function Replay({ id }: { readonly id: string }) {
  const { t } = useTranslation('dead-letters')
  const queries = useQueryClient()
  const replay = useMutation({
    mutationFn: () => replayDelivery(id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['dead-letters'] }),
  })
  if (replay.isSuccess) {
    const { deliveryId } = replay.data
    return (
      <Anchor component={Link} to={`/deliveries/${deliveryId}`} role="status">
        {t('delivery.replayed', { id: deliveryId })}
      </Anchor>
    )
  }
  return (
    <Stack gap="xs">
      <Allowed right="deliveries.replay">
        <Button loading={replay.isPending} onClick={() => replay.mutate()}>
          {t('replay.one')}
        </Button>
      </Allowed>
      {replay.isError && <ProblemView error={replay.error} />}
    </Stack>
  )
}

function Tries({ tries }: { readonly tries: Awaited<ReturnType<typeof readDelivery>>['tries'] }) {
  const { t } = useTranslation('dead-letters')
  const heads = ['try', 'at', 'outcome', 'status', 'code', 'reason', 'took'] as const
  return (
    <Table.ScrollContainer minWidth={700}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head} scope="col">
                {t(`column.${head}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tries.map(({ attempt, at, outcome, status, code, reason, durationMs }) => (
            <Table.Tr key={`${attempt} ${at}`}>
              <Table.Td>{attempt}</Table.Td>
              <Table.Td>
                <TimeText at={at} as="short" />
              </Table.Td>
              <Table.Td>{outcome}</Table.Td>
              <Table.Td>{status ?? '–'}</Table.Td>
              <Table.Td>{code ?? '–'}</Table.Td>
              <Table.Td>{reason ?? '–'}</Table.Td>
              <Table.Td className="figure">{t('ms', { ms: durationMs })}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
