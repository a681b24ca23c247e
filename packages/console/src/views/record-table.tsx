import { Box, Table, Text } from '@mantine/core'
import { type ColumnDef, tableFeatures, useTable } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import { usePreferences } from '../preferences/preferences.ts'
import { RecordRow } from './record-row.tsx'

/** A column of a list. */
export interface RecordColumn<Row> {
  readonly id: string
  readonly header: string
  readonly width: number
  readonly cell: (row: Row) => ReactNode
}

/** Which rows are selected. */
interface RecordSelection<Row> {
  readonly header: string
  readonly labelOf: (row: Row) => string
  readonly has: (id: string) => boolean
  readonly toggle: (row: Row) => void
}

export interface RecordTableProps<Row extends { readonly id: string }> {
  /** What the list is of, for those who do not see it. */
  readonly label: string
  readonly rows: readonly Row[]
  /** The same list for as long as nothing of it changes: every row is made again with it. */
  readonly columns: readonly RecordColumn<Row>[]
  readonly selection?: RecordSelection<Row>
  /** How many there are in all; undefined while nobody knows. */
  readonly total?: number | undefined
  /** The place of the row that keys act on. */
  readonly active: number
  readonly onActive: (index: number) => void
  readonly onOpen: (row: Row) => void
  /** Asked for when the end comes into view. */
  readonly onEnd?: () => void
}

const features = tableFeatures({})
const heights = { comfortable: 44, compact: 32 }
const checkWidth = 80

/**
 * A list of any length: only the rows in view, and some around them, are on the page. Screen readers are told how
 * many there are, and which one each is.
 */
export function RecordTable<Row extends { readonly id: string }>(props: RecordTableProps<Row>) {
  const { label, rows, total, active, onEnd, selection } = props
  const viewport = useRef<HTMLDivElement>(null)
  const height = heights[usePreferences().density]
  const columns = useMemo(() => props.columns.map(defOf), [props.columns])
  const data = useMemo(() => [...rows], [rows])
  const table = useTable({ features, columns, data, getRowId: idOf })
  const handlers = useHandlers(props)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => height,
    overscan: 8,
  })
  const shown = virtual.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 20) onEnd?.()
  }, [last, rows.length, onEnd])
  useEffect(() => {
    if (active >= 0) virtual.scrollToIndex(active)
  }, [active, virtual])
  const modelRows = table.getRowModel().rows
  const width = props.columns.reduce((sum, column) => sum + column.width, 0)
  return (
    <Box ref={viewport} className="records" tabIndex={0} role="region" aria-label={label}>
      <Table stickyHeader aria-rowcount={(total ?? -2) + 1} miw={width} layout="fixed">
        <Head columns={props.columns} check={selection?.header} />
        <tbody>
          <Spacer height={shown[0]?.start ?? 0} />
          {shown.map(({ index }) => {
            const row = modelRows[index]
            if (row === undefined) return null
            return (
              <RecordRow
                key={row.id}
                row={row}
                index={index}
                height={height}
                isActive={index === active}
                isSelected={selection?.has(row.id)}
                selectLabel={selection?.labelOf(row.original) ?? ''}
                columns={columns}
                {...handlers}
              />
            )
          })}
          <Spacer height={virtual.getTotalSize() - (shown.at(-1)?.end ?? 0)} />
        </tbody>
      </Table>
    </Box>
  )
}

/** What rows call: the same functions for as long as the list is shown. */
function useHandlers<Row extends { readonly id: string }>(props: RecordTableProps<Row>) {
  const latest = useRef(props)
  latest.current = props
  return useMemo(
    () => ({
      onActive: (index: number) => latest.current.onActive(index),
      onOpen: (row: Row) => latest.current.onOpen(row),
      onToggle: (row: Row) => latest.current.selection?.toggle(row),
    }),
    [],
  )
}

function Head<Row>({
  columns,
  check,
}: {
  readonly columns: readonly RecordColumn<Row>[]
  readonly check: string | undefined
}) {
  const heads = columns.map(({ id, header, width }) => ({ id, header, width }))
  if (check !== undefined) heads.unshift({ id: 'select', header: check, width: checkWidth })
  return (
    <Table.Thead>
      <Table.Tr aria-rowindex={1}>
        {heads.map(({ id, header, width }) => (
          <Table.Th key={id} w={width} scope="col">
            <Text span size="sm" fw={600}>
              {header}
            </Text>
          </Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
  )
}

/** Stands for the rows that are not on the page. */
function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null
  return <tr aria-hidden style={{ height }} />
}

function defOf<Row extends { readonly id: string }>(
  column: RecordColumn<Row>,
): ColumnDef<typeof features, Row> {
  return { id: column.id, cell: ({ row }) => column.cell(row.original) }
}

function idOf({ id }: { readonly id: string }): string {
  return id
}
