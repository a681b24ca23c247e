import { Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** A part of the screen under a heading of its own. */
export function Part({
  title,
  children,
}: {
  readonly title: string
  readonly children: ReactNode
}) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  )
}
