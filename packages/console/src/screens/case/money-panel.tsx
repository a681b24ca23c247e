import { List, Table, Text } from '@mantine/core'
import { MoneyText } from '../../views/money-text.tsx'
import type { CaseView } from './case-api.ts'
import { Panel } from './panel.tsx'
import { useCaseTexts } from './texts.ts'

const steps = ['expected', 'approved', 'posted', 'released', 'settled'] as const

/** Where the money is: what should come, how far it is, what is not released and why, and by which tender. */
export function MoneyPanel({ found: { money, tenders } }: { readonly found: CaseView }) {
  const { say, word, lasted } = useCaseTexts()
  return (
    <Panel title={say('money.title')}>
      <Table>
        <Table.Tbody>
          {steps.map((step) => {
            const value = money[step]
            return (
              <Table.Tr key={step}>
                <Table.Th scope="row">{word('moneyStep', step)}</Table.Th>
                <Table.Td ta="right">
                  {value === null ? say('money.unknown') : <MoneyText value={value} />}
                </Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
      {money.unreleased.length > 0 && (
        <>
          <Text fw={600} mt="sm" size="sm">
            {say('money.unreleased')}
          </Text>
          <List size="sm">
            {money.unreleased.map(({ amount, waitsFor, creditId, since }) => (
              <List.Item key={`${waitsFor} ${creditId}`}>
                <MoneyText value={amount} /> {word('moneyWait', waitsFor)}
                {since !== null && ` (${say('since', { lasted: lasted(since) })})`}
              </List.Item>
            ))}
          </List>
        </>
      )}
      {tenders.length > 0 && (
        <>
          <Text fw={600} mt="sm" size="sm">
            {say('money.tenders')}
          </Text>
          <List size="sm">
            {tenders.map(({ paymentId, method, captured, refunded }) => (
              <List.Item key={paymentId}>
                {word('tender', method)} {paymentId}: <MoneyText value={refunded} /> /{' '}
                <MoneyText value={captured} />
              </List.Item>
            ))}
          </List>
        </>
      )}
    </Panel>
  )
}
