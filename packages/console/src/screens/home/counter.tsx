import { Card, Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Counted } from './home-api.ts'

/** Which screen shows a list of the API. */
const screens: Readonly<Record<string, string>> = {
  '/api/v1/exceptions': '/exceptions',
  '/api/v1/returns': '/cases',
  '/api/v1/dead-letters': '/dead-letters',
  '/api/v1/unmapped': '/words',
}

/** No count of the hub goes further. */
const countLimit = 10_000

/** A number that leads to what was counted. */
export function Counter({
  label,
  counted,
  isUrgent = false,
  children,
}: {
  readonly label: string
  readonly counted: Counted
  /** Whether a number above none wants somebody's attention. */
  readonly isUrgent?: boolean
  readonly children?: ReactNode
}) {
  const to: string = screens[counted.list] ?? '/'
  return (
    <Card
      component={Link}
      to={to}
      search={counted.query as never}
      withBorder
      padding="sm"
      className="counter"
      data-urgent={isUrgent && counted.count > 0}
    >
      <CounterBody label={label} count={counted.count}>
        {children}
      </CounterBody>
    </Card>
  )
}

/** A number that leads to a screen. */
export function PlainCounter({
  label,
  count,
  to,
  isUrgent = false,
}: {
  readonly label: string
  readonly count: number
  readonly to: string
  readonly isUrgent?: boolean
}) {
  return (
    <Card
      component={Link}
      to={to}
      withBorder
      padding="sm"
      className="counter"
      data-urgent={isUrgent && count > 0}
    >
      <CounterBody label={label} count={count} />
    </Card>
  )
}

function CounterBody({
  label,
  count,
  children,
}: {
  readonly label: string
  readonly count: number
  readonly children?: ReactNode
}) {
  const { i18n } = useTranslation()
  const figure = new Intl.NumberFormat(i18n.language).format(count)
  return (
    <>
      <Group justify="space-between" align="baseline" wrap="nowrap" gap="xs">
        <Text size="sm">{label}</Text>
        <Text size="xl" fw={700} className="figure" {...(count === 0 ? { c: 'dimmed' } : {})}>
          {count >= countLimit ? `${figure}+` : figure}
        </Text>
      </Group>
      {children}
    </>
  )
}
