import { Badge } from '@mantine/core'
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCloudOff,
  IconKey,
  IconPlayerPause,
  IconPlugOff,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

const looks: Readonly<Record<string, { readonly icon: typeof IconBan; readonly color: string }>> = {
  healthy: { icon: IconCircleCheck, color: 'teal' },
  degraded: { icon: IconAlertTriangle, color: 'yellow' },
  auth_expiring: { icon: IconKey, color: 'orange' },
  down: { icon: IconCloudOff, color: 'red' },
  broken: { icon: IconPlugOff, color: 'red' },
  paused: { icon: IconPlayerPause, color: 'gray' },
  disabled: { icon: IconBan, color: 'gray' },
}

/** How a connection does: an icon, a word and a color. */
export function HealthBadge({ state }: { readonly state: string }) {
  const { t } = useTranslation('connections')
  const { icon: Icon, color } = looks[state] ?? { icon: IconBan, color: 'gray' }
  return (
    <Badge
      variant="outline"
      color={color}
      c="var(--mantine-color-text)"
      tt="none"
      miw="max-content"
      leftSection={<Icon size={14} aria-hidden />}
    >
      {t(`state.${state}` as 'state.healthy')}
    </Badge>
  )
}
