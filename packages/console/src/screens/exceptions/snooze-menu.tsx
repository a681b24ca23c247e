import { Button, Menu } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'

const hour = 3_600_000
const spans = { hour, day: 24 * hour, week: 7 * 24 * hour } as const

/** Puts something out of the way for a while. */
export function SnoozeMenu({ onSnooze }: { readonly onSnooze: (until: string) => void }) {
  const { t } = useTranslation('exceptions')
  return (
    <Menu>
      <Menu.Target>
        <span>
          <Allowed right="exceptions.work">
            <Button size="xs" variant="default" aria-haspopup="menu">
              {t('snooze.do')}
            </Button>
          </Allowed>
        </span>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(spans) as (keyof typeof spans)[]).map((span) => (
          <Menu.Item
            key={span}
            onClick={() => onSnooze(new Date(Date.now() + spans[span]).toISOString())}
          >
            {t(`snooze.${span}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
