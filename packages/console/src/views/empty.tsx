import { Center, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** Says why there is nothing, and what one can do next. */
export function Empty({
  title,
  why,
  children,
}: {
  readonly title: string
  readonly why: string
  readonly children?: ReactNode
}) {
  return (
    <Center p="xl">
      <Stack align="center" gap="xs" maw={480}>
        <Title order={2} size="h4" ta="center">
          {title}
        </Title>
        <Text c="dimmed" ta="center">
          {why}
        </Text>
        {children}
      </Stack>
    </Center>
  )
}
