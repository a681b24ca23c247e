import { Tooltip } from '@mantine/core'
import { cloneElement, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../session/session.tsx'

/**
 * A control for those who may do what it does. For others it is shown, disabled, with the reason; it stays
 * reachable by keyboard, so that the reason can be read.
 */
export function Allowed({
  right,
  children,
}: {
  readonly right: string
  readonly children: ReactElement<{
    'data-disabled'?: boolean
    'aria-disabled'?: boolean
    onClick?: unknown
  }>
}) {
  const { t } = useTranslation()
  const { session, can } = useSession()
  if (can(right)) return children
  const role = t(`role.${session.user.role}` as 'role.admin')
  return (
    <Tooltip label={t('roleMayNot', { role })} events={{ hover: true, focus: true, touch: true }}>
      {cloneElement(children, {
        'data-disabled': true,
        'aria-disabled': true,
        onClick: (event: Event) => event.preventDefault(),
      })}
    </Tooltip>
  )
}
