import { Box, Table, Text } from '@mantine/core'
import { type ColumnDef, tableFeatures, useTable } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import { usePreferences } from '../preferences/preferences.ts'

/** A column of a list. */
export interface RecordColumn<Row> {
  readonly id: string
  readonly header: string
  readonly width: number
  readonly isFigure?: boolean
  readonly cell: (row: Row) => ReactNode
}

export interface RecordTableProps<Row extends { readonly id: string }> {
  /** What the list is of, for those who do not see it. */
  readonly label: string
  readonly rows: readonly Row[]
  readonly columns: readonly RecordColumn<Row>[]
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

/**
 * A list of any length: only the rows in view, and some around them, are on the page. Screen readers are told how
 * many there are, and which one each is.
 */
export function RecordTable<Row extends { readonly id: string }>(props: RecordTableProps<Row>) {
  const { label, rows, total, active, onEnd } = props
  const viewport = useRef<HTMLDivElement>(null)
  const height = heights[usePreferences().density]
  const columns = useMemo(() => props.columns.map(defOf), [props.columns])
  const data = useMemo(() => [...rows], [rows])
  const table = useTable({ features, columns, data, getRowId: idOf })
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => height,
    overscan: 12,
  })
  const shown = virtual.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 20) onEnd?.()
  }, [last, rows.length, onEnd])
  useEffect(() => {
    if (active >= 0 && active < rows.length) virtual.scrollToIndex(active)
  }, [active])
  const modelRows = table.getRowModel().rows
  const before = shown[0]?.start ?? 0
  const after = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0)
  const width = props.columns.reduce((sum, column) => sum + column.width, 0)
  return (
    <Box ref={viewport} className="records" tabIndex={0} role="region" aria-label={label}>
      <Table
        stickyHeader
        highlightOnHover
        aria-rowcount={(total ?? -2) + 1}
        miw={width}
        layout="fixed"
        verticalSpacing={0}
      >
        <Table.Thead>
          {table.getHeaderGroups().map((group) => (
            <Table.Tr key={group.id} aria-rowindex={1}>
              {group.headers.map((header) => (
                <Table.Th key={header.id} w={widthOf(props.columns, header.column.id)} scope="col">
                  <table.FlexRender header={header} />
                </Table.Th>
              ))}
            </Table.Tr>
          ))}
        </Table.Thead>
        <Table.Tbody>
          <Spacer height={before} />
          {shown.map(({ index }) => {
            const row = modelRows[index]
            if (row === undefined) return null
            return (
              <Table.Tr
                key={row.id}
                h={height}
                aria-rowindex={index + 2}
                aria-current={index === active ? 'true' : undefined}
                className={index === active ? 'record active' : 'record'}
                onClick={() => props.onActive(index)}
                onDoubleClick={() => props.onOpen(row.original)}
              >
                {row.getAllCells().map((cell) => (
                  <Table.Td key={cell.id} className={classOf(props.columns, cell.column.id)}>
                    <table.FlexRender cell={cell} />
                  </Table.Td>
                ))}
              </Table.Tr>
            )
          })}
          <Spacer height={after} />
        </Table.Tbody>
      </Table>
    </Box>
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
  return {
    id: column.id,
    header: () => (
      <Text span size="sm" fw={600}>
        {column.header}
      </Text>
    ),
    cell: ({ row }) => column.cell(row.original),
  }
}

function idOf({ id }: { readonly id: string }): string {
  return id
}

function widthOf(columns: readonly { readonly id: string; readonly width: number }[], id: string) {
  return columns.find((column) => column.id === id)?.width
}

function classOf(
  columns: readonly { readonly id: string; readonly isFigure?: boolean }[],
  id: string,
): string {
  return columns.find((column) => column.id === id)?.isFigure === true ? 'figure' : 'clipped'
}
