import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Health } from './connections-api.ts'

/** Why it is not well, in words. */
export function Reasons({ health }: { readonly health: Health }) {
  const { t } = useTranslation('connections')
  const texts = health.reasons.map((reason) => t(`reason.${reason}` as 'reason.check_failed'))
  const said = health.stateReason === null ? texts : [health.stateReason, ...texts]
  if (said.length === 0) return null
  return <Text size="sm">{said.join(' · ')}</Text>
}
