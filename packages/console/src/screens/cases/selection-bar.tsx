import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { type BulkAction, BulkDialog } from '../../views/bulk/bulk-dialog.tsx'
import { CopyButton } from '../../views/copy-button.tsx'
import type { CaseSearch } from './case-search.ts'
import type { CaseRow } from './cases-api.ts'

/** What can be done with the returns that are selected, or with all that match. */
export function SelectionBar({
  rows,
  search,
  hasMore,
  onClear,
}: {
  readonly rows: readonly CaseRow[]
  readonly search: CaseSearch
  /** The list has others than those that are selected. */
  readonly hasMore: boolean
  readonly onClear: () => void
}) {
  const { t } = useTranslation('cases')
  const [isAll, setAll] = useState(false)
  if (rows.length === 0) return null
  const numbers = rows.map(({ caseNo }) => caseNo).join('\n')
  return (
    <Group gap="sm">
      <Text size="sm" role="status">
        {isAll ? t('bulk.allSelected') : t('selected', { count: rows.length })}
      </Text>
      {hasMore && (
        <Button size="xs" variant="subtle" onClick={() => setAll(!isAll)}>
          {isAll ? t('bulk.only') : t('bulk.all')}
        </Button>
      )}
      <BulkActions
        chosen={isAll ? { filter: filterOf(search) } : { ids: rows.map(({ id }) => id) }}
      />
      {!isAll && (
        <CopyButton value={numbers} what={t('numbers')}>
          {t('numbers')}
        </CopyButton>
      )}
      <Button
        size="xs"
        variant="subtle"
        onClick={() => {
          setAll(false)
          onClear()
        }}
      >
        {t('clear')}
      </Button>
    </Group>
  )
}

function filterOf({ sort: _sort, columns: _columns, ...filter }: CaseSearch): object {
  return filter
}

function BulkActions({
  chosen,
}: {
  readonly chosen: Pick<BulkAction['request'], 'ids' | 'filter'>
}) {
  const { t } = useTranslation('cases')
  const [action, act] = useState<BulkAction | null>(null)
  const assign: BulkAction = {
    title: t('bulk.assignTitle'),
    about: t('bulk.assignAbout'),
    request: { kind: 'returns.assign', ...chosen },
    asks: 'owner',
  }
  const cancel: BulkAction = {
    title: t('bulk.cancelTitle'),
    about: t('bulk.cancelAbout'),
    request: { kind: 'returns.cancel', ...chosen },
    asks: 'reason',
    isFinal: true,
  }
  return (
    <>
      <Allowed right="returns.work">
        <Button size="xs" variant="default" onClick={() => act(assign)}>
          {t('bulk.assign')}
        </Button>
      </Allowed>
      <Allowed right="returns.cancel">
        <Button size="xs" variant="default" onClick={() => act(cancel)}>
          {t('bulk.cancel')}
        </Button>
      </Allowed>
      {action && <BulkDialog action={action} refreshes="returns" onClose={() => act(null)} />}
    </>
  )
}
