import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty } from '../../views/empty.tsx'

/** At an address that leads nowhere. */
export function NotFoundScreen() {
  const { t } = useTranslation()
  return (
    <Empty title={t('problem.notFound')} why={globalThis.location.pathname}>
      <Anchor component={Link} to="/">
        {t('navigation.home')}
      </Anchor>
    </Empty>
  )
}
