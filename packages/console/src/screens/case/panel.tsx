import { Paper, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

/** A part of the page, with its heading. */
export function Panel({
  title,
  aside,
  children,
}: {
  readonly title: string
  readonly aside?: ReactNode
  readonly children: ReactNode
}) {
  const id = useId()
  return (
    <Paper component="section" withBorder p="md" aria-labelledby={id} className="case-panel">
      <div className="case-panel-head">
        <Title order={2} size="h4" id={id}>
          {title}
        </Title>
        {aside}
      </div>
      {children}
    </Paper>
  )
}
