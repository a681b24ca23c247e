import { ActionIcon, Button, CopyButton as MantineCopyButton, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** Copies a value. `what` names it to those who do not see it. */
export function CopyButton({
  value,
  what,
  children,
}: {
  readonly value: string
  readonly what: string
  readonly children?: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <MantineCopyButton value={value}>
      {({ copied, copy }) => {
        const label = copied ? t('copy.done') : t('copy.do', { what })
        const icon = copied ? (
          <IconCheck size={14} aria-hidden />
        ) : (
          <IconCopy size={14} aria-hidden />
        )
        if (children === undefined) {
          return (
            <Tooltip label={label}>
              <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={label}>
                {icon}
              </ActionIcon>
            </Tooltip>
          )
        }
        return (
          <Button size="xs" variant="subtle" color="gray" onClick={copy} rightSection={icon}>
            {children}
          </Button>
        )
      }}
    </MantineCopyButton>
  )
}
