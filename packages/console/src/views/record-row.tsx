import {
  type Cell,
  flexRender,
  type TableFeatures,
  type Row as TableRow,
} from '@tanstack/react-table'
import { memo } from 'react'

export interface RecordRowProps<
  Features extends TableFeatures,
  Row extends { readonly id: string },
> {
  readonly row: TableRow<Features, Row>
  readonly index: number
  readonly height: number
  readonly isActive: boolean
  /** Undefined where rows are not selected. */
  readonly isSelected: boolean | undefined
  readonly selectLabel: string
  /** These stay the same, so that a row is made again only when something of it differs. */
  readonly onActive: (index: number) => void
  readonly onOpen: (row: Row) => void
  readonly onToggle: (row: Row) => void
  /** Differs when the columns do. */
  readonly columns: unknown
}

/** A row in view. Plain elements: a list makes hundreds of them while it is scrolled. */
function RecordRowOf<Features extends TableFeatures, Row extends { readonly id: string }>({
  row,
  index,
  height,
  isActive,
  isSelected,
  selectLabel,
  onActive,
  onOpen,
  onToggle,
}: RecordRowProps<Features, Row>) {
  return (
    <tr
      style={{ height }}
      aria-rowindex={index + 2}
      aria-current={isActive ? 'true' : undefined}
      className={isActive ? 'record active' : 'record'}
      onClick={() => onActive(index)}
      onDoubleClick={() => onOpen(row.original)}
    >
      {isSelected !== undefined && (
        <td>
          <input
            type="checkbox"
            className="record-check"
            checked={isSelected}
            onChange={() => onToggle(row.original)}
            aria-label={selectLabel}
          />
        </td>
      )}
      {row.getAllCells().map((cell) => (
        <td key={cell.id}>{shownIn(cell)}</td>
      ))}
    </tr>
  )
}

function shownIn<Features extends TableFeatures, Row extends { readonly id: string }>(
  cell: Cell<Features, Row>,
) {
  return flexRender(cell.column.columnDef.cell, cell.getContext())
}

export const RecordRow = memo(RecordRowOf) as typeof RecordRowOf
