import { Anchor, List } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, Navigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { array, object, string } from 'zod/mini'
import { fetchBody } from '../../api/client.ts'
import { Empty } from '../../views/empty.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { Waiting } from '../../views/waiting.tsx'

export const Route = createLazyRoute('/go/$id')({ component: GoScreen })

const found = object({
  data: array(object({ system: string(), type: string(), value: string(), caseNo: string() })),
})

/** Leads any number of any system to its return; where it stands for several, they are listed. */
function GoScreen() {
  const { t } = useTranslation('go')
  const { id } = Route.useParams()
  const search = useQuery({
    queryKey: ['identifiers', id],
    queryFn: () => fetchBody(`/api/v1/identifiers/${encodeURIComponent(id)}`, found),
  })
  if (search.isPending) return <Waiting />
  if (search.isError) {
    return <ProblemView error={search.error} onRetry={() => void search.refetch()} />
  }
  const caseNos = [...new Set(search.data.data.map(({ caseNo }) => caseNo))]
  const [only] = caseNos
  if (only !== undefined && caseNos.length === 1) {
    const to: string = `/cases/${only}`
    return <Navigate to={to} replace />
  }
  return (
    <Screen title={t('title', { id })}>
      {caseNos.length === 0 ? (
        <Empty title={t('nothing')} why={t('why')}>
          <Anchor component={Link} to="/cases">
            {t('all')}
          </Anchor>
        </Empty>
      ) : (
        <List>
          {search.data.data.map(({ system, type, value, caseNo }) => (
            <List.Item key={`${system} ${type} ${value} ${caseNo}`}>
              <Anchor component={Link} to={`/cases/${caseNo}`}>
                {caseNo}
              </Anchor>{' '}
              {t('as', { system, type, value })}
            </List.Item>
          ))}
        </List>
      )}
    </Screen>
  )
}
