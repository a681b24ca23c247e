import { Badge, Table, Text } from '@mantine/core'
import type { Line } from './case-api.ts'
import { Panel } from './panel.tsx'
import { axisNames, progressOf } from './stages.ts'
import { useCaseTexts } from './texts.ts'

const columns = ['requested', 'authorized', 'received', 'accepted', 'rejected', 'credited'] as const
const colors = {
  none: 'gray',
  not_needed: 'gray',
  underway: 'blue',
  done: 'teal',
  trouble: 'red',
} as const

/** The lines of a return: units by column, and the state on each axis that has begun. */
export function LinesPanel({ lines }: { readonly lines: readonly Line[] }) {
  const { say, word } = useCaseTexts()
  return (
    <Panel title={say('lines.title')}>
      {lines.length === 0 ? (
        <Text c="dimmed">{say('lines.none')}</Text>
      ) : (
        <Table.ScrollContainer
          minWidth={540}
          scrollAreaProps={{
            viewportProps: { tabIndex: 0, 'aria-label': say('lines.caption'), role: 'region' },
          }}
        >
          <Table fz="sm" horizontalSpacing={6}>
            <Table.Caption>{say('lines.caption')}</Table.Caption>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{say('lines.line')}</Table.Th>
                {columns.map((name) => (
                  <Table.Th key={name} scope="col" ta="right">
                    {word('quantity', name)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            {lines.map((line) => (
              <LineRows key={line.lineNo} line={line} />
            ))}
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  )
}

function LineRows({ line }: { readonly line: Line }) {
  const { say, word } = useCaseTexts()
  const begun = axisNames.filter((axis) => {
    const state = line.axes[axis] ?? 'none'
    return progressOf(axis, state) !== 'none' || state === 'expected'
  })
  return (
    <Table.Tbody>
      <Table.Tr>
        <Table.Th scope="row">
          {line.lineNo}. {productOf(line) ?? say('lines.unknown')}
          <Text size="xs" c="dimmed">
            {[
              line.reason && word('reason', line.reason),
              word('resolution', line.resolution),
              line.unit,
            ]
              .filter(Boolean)
              .join(' · ')}
          </Text>
        </Table.Th>
        {columns.map((name) => (
          <Table.Td key={name} ta="right" className="figure">
            {name === 'received' ? arrivedText(line) : line.quantities[name]}
          </Table.Td>
        ))}
      </Table.Tr>
      <Table.Tr>
        <Table.Td colSpan={columns.length + 1}>
          <div className="case-chips">
            {begun.map((axis) => {
              const state = line.axes[axis] ?? 'none'
              return (
                <Badge
                  key={axis}
                  variant="outline"
                  color={colors[progressOf(axis, state)]}
                  className="case-badge"
                >
                  {word('axis', axis)}: {word('state', state)}
                </Badge>
              )
            })}
          </div>
        </Table.Td>
      </Table.Tr>
    </Table.Tbody>
  )
}

function productOf({ product }: Line): string | null {
  if (product === null) return null
  const [name] = Object.values(product).filter((value) => typeof value === 'string')
  return name ?? null
}

/** `3`, and `3 + 1` where one more came than was authorized. */
function arrivedText({ quantities: { received = '0', surplus = '0' } }: Line): string {
  return surplus === '0' ? received : `${received} + ${surplus}`
}
