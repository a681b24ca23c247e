import { IconAlertTriangle, IconClockExclamation } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { ListTime } from '../../views/list-time.tsx'
import { MoneyText } from '../../views/money-text.tsx'
import type { RecordColumn } from '../../views/record-table.tsx'
import { SinceText } from '../../views/time-text.tsx'
import type { CaseRow } from './cases-api.ts'

/** Columns that can be shown, and those that are where nobody chose. */
export const columnIds = [
  'customer',
  'channel',
  'order',
  'units',
  'value',
  'stage',
  'waiting',
  'sla',
  'owner',
  'lastEvent',
  'company',
  'kind',
  'priority',
  'created',
] as const
export const standardColumns: readonly string[] = columnIds.slice(0, 10)

export function caseColumns(
  t: TFunction<'cases'>,
  shown: readonly string[],
): RecordColumn<CaseRow>[] {
  const column = (
    id: (typeof columnIds)[number],
    width: number,
    cell: RecordColumn<CaseRow>['cell'],
  ): RecordColumn<CaseRow> => ({ id, width, cell, header: t(`column.${id}`) })
  const all: RecordColumn<CaseRow>[] = [
    column('customer', 150, (row) => row.customerName ?? row.customerId ?? '–'),
    column('channel', 115, ({ channel }) => t(`codes:channel.${channel}`, channel)),
    column('order', 120, ({ orderRefs }) => orderRefs.join(', ') || '–'),
    column('units', 90, ({ units }) => (
      <span className="figure">{`${units.arrived} / ${units.requested}`}</span>
    )),
    column('value', 120, ({ value }) => (value === null ? '–' : <MoneyText value={value} />)),
    column('stage', 170, (row) => <StageText row={row} t={t} />),
    column('waiting', 200, (row) => <WaitingText row={row} t={t} />),
    column('sla', 120, ({ slaDueAt }) => (slaDueAt === null ? '–' : <ListTime at={slaDueAt} />)),
    column('owner', 110, ({ owner }) => owner ?? '–'),
    column('lastEvent', 190, ({ updatedAt }) => <ListTime at={updatedAt} />),
    column('company', 100, ({ company }) => company),
    column('kind', 110, ({ kind }) => kind),
    column('priority', 90, ({ priority }) => (priority === null ? '–' : t(`priority.${priority}`))),
    column('created', 120, ({ createdAt }) => <ListTime at={createdAt} />),
  ]
  return [
    {
      id: 'case',
      header: t('column.case'),
      width: 150,
      cell: ({ caseNo }) => (
        <Link to="/cases/$caseNo" params={{ caseNo }} className="list-link figure">
          {caseNo}
        </Link>
      ),
    },
    ...all.filter(({ id }) => shown.includes(id)),
  ]
}

type Piece = { readonly row: CaseRow; readonly t: TFunction<'cases'> }

/** The step in words; what is on hold or aging says so with a sign as well. */
function StageText({ row, t }: Piece) {
  return (
    <span>
      {row.needsReview && <IconAlertTriangle size={16} role="img" aria-label={t('needsReview')} />}
      {row.isAging && <IconClockExclamation size={16} role="img" aria-label={t('aging')} />}
      {row.stage === null ? row.headline : t(`stage.${row.stage}`)}
    </span>
  )
}

function WaitingText({ row, t }: Piece) {
  if (row.waitingOn === null) return '–'
  return (
    <span>
      {t(`waiting.${row.waitingOn}`)} · <SinceText at={row.since} />
    </span>
  )
}
