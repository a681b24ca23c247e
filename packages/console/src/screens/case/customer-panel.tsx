import { Button, List, Text } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { useState } from 'react'
import { Allowed } from '../../views/allowed.tsx'
import { CopyButton } from '../../views/copy-button.tsx'
import { ReasonDialog } from '../../views/reason-dialog.tsx'
import { type CaseView, type Revealed, revealCustomer } from './case-api.ts'
import { Panel } from './panel.tsx'
import { useCaseTexts } from './texts.ts'

/**
 * Who the customer is. People see it when they have said why, and it is written down; it is kept on this page alone,
 * and gone when one leaves it.
 */
export function CustomerPanel({
  found: { customer },
  asked,
}: {
  readonly found: CaseView
  readonly asked: string
}) {
  const { say } = useCaseTexts()
  const [shown, keep] = useState<Revealed | null>(null)
  const [isAsked, ask] = useState(false)
  if (customer === null) return null
  return (
    <Panel title={say('customer.title')}>
      <Text size="sm">
        {say('customer.party', { party: customer.partyId })}{' '}
        <CopyButton value={customer.partyId} what={say('customer.number')} />
      </Text>
      {shown === null && (
        <>
          <Text size="sm" c="dimmed">
            {say('customer.masked')}
          </Text>
          <Allowed right="customer.read">
            <Button
              mt="xs"
              size="xs"
              variant="default"
              className="no-print"
              leftSection={<IconEye size={16} aria-hidden />}
              onClick={() => ask(true)}
            >
              {say('customer.show')}
            </Button>
          </Allowed>
        </>
      )}
      {shown !== null && <Person shown={shown} />}
      <ReasonDialog
        isOpen={isAsked}
        title={say('customer.why')}
        hint={say('customer.logged')}
        submit={say('customer.show')}
        onClose={() => ask(false)}
        onReason={async (reason) => {
          keep(await revealCustomer(asked, reason))
          ask(false)
        }}
      />
    </Panel>
  )
}

function Person({ shown: { customer, deliveredTo, words } }: { readonly shown: Revealed }) {
  const { say } = useCaseTexts()
  const name = textOf(customer?.['name'])
  const email = textOf(customer?.['email'])
  const address = addressText(customer?.['shipFrom'] ?? deliveredTo)
  return (
    <List size="sm" listStyleType="none" data-testid="customer">
      {[name, email, address].map(
        (value) =>
          value !== '' && (
            <List.Item key={value}>
              {value} <CopyButton value={value} what={value} />
            </List.Item>
          ),
      )}
      {words.map(({ seq, lineNo, text }) => (
        <List.Item key={`${seq} ${lineNo}`}>{say('customer.wrote', { text })}</List.Item>
      ))}
    </List>
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function addressText(address: unknown): string {
  if (typeof address !== 'object' || address === null) return ''
  return Object.values(address)
    .filter((part): part is string => typeof part === 'string')
    .join(', ')
}
