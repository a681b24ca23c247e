import { Alert, Button, Group, List, Stack, Table, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ImportPlan } from './words-api.ts'

/** The hub names so many lines of a kind at most. */
const namedLines = 500

/** What a table would change, and the way to have it do so. Takes the focus: it is what was asked for. */
export function PlanView({
  plan,
  isBusy,
  onImport,
}: {
  readonly plan: ImportPlan
  readonly isBusy: boolean
  readonly onImport: () => void
}) {
  const { t } = useTranslation('words')
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const { added, changed, unchanged, refused, rows } = plan
  const count = added + changed
  return (
    <section aria-label={t('plan.title')}>
      <Stack gap="sm">
        <Title order={3} size="h5" ref={heading} tabIndex={-1}>
          {t('plan.title')}
        </Title>
        <Text>
          {[
            t('plan.added', { count: added }),
            t('plan.changed', { count: changed }),
            t('plan.unchanged', { count: unchanged }),
            t(refused.length < namedLines ? 'plan.refused' : 'plan.refusedAtLeast', {
              count: refused.length,
            }),
          ].join(' · ')}
        </Text>
        {refused.length > 0 && <Refused refused={refused} />}
        {rows.length > 0 && <PlannedRows rows={rows} />}
        {rows.length < count && (
          <Text size="sm" c="dimmed">
            {t('plan.first', { count: rows.length })}
          </Text>
        )}
        <Group justify="flex-end">
          <Button disabled={count === 0 || refused.length > 0} loading={isBusy} onClick={onImport}>
            {t('plan.do', { count })}
          </Button>
        </Group>
      </Stack>
    </section>
  )
}

/** Lines that stand in the way of all others. */
function Refused({ refused }: Pick<ImportPlan, 'refused'>) {
  const { t } = useTranslation('words')
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={t('plan.stops')}
    >
      <List size="sm">
        {refused.map(({ line, reason }) => (
          <List.Item key={line}>{t('plan.line', { line, reason })}</List.Item>
        ))}
      </List>
    </Alert>
  )
}

const columns = ['row', 'word', 'connection', 'company', 'before', 'after'] as const

function PlannedRows({ rows }: Pick<ImportPlan, 'rows'>) {
  const { t } = useTranslation('words')
  return (
    <Table.ScrollContainer
      type="native"
      minWidth={560}
      maxHeight={320}
      role="region"
      tabIndex={0}
      aria-label={t('plan.rows')}
    >
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {columns.map((name) => (
              <Table.Th key={name} scope="col">
                {t(`plan.${name}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ line, sourceValue, connectionId, company, before, canonicalValue }) => (
            <Table.Tr key={line}>
              <Table.Td>{line}</Table.Td>
              <Table.Td>{sourceValue}</Table.Td>
              <Table.Td>{connectionId ?? t('words.every')}</Table.Td>
              <Table.Td>{company ?? t('words.every')}</Table.Td>
              <Table.Td>{before ?? '–'}</Table.Td>
              <Table.Td>{canonicalValue}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
