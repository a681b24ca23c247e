import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, Navigate, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty } from '../../views/empty.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { BenchView } from './bench-view.tsx'
import { findMapping } from './mappings-api.ts'
import { SaveBar } from './save-bar.tsx'
import { useBench } from './use-bench.ts'

export const Route = createLazyRoute('/mappings/new')({ component: NewMappingScreen })

const nameForm = /^[a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*$/

/** What a document has at least. */
const beginning = `mapping: 1
direction: inbound
source:
  format: json
events:
  - type: case.noted
    data:
      note: record.text
`

/** The mapping of a name: the newest version where there is one, the beginning of the first where there is none. */
function NewMappingScreen() {
  const { t } = useTranslation('mappings')
  const { name, message } = Route.useSearch()
  const isName = nameForm.test(name)
  const found = useQuery({
    queryKey: ['mappings', 'newest', name],
    queryFn: ({ signal }) => findMapping(name, signal),
    enabled: isName,
  })
  if (!isName) return <Empty title={t('new.noName')} why={t('new.noNameWhy')} />
  if (found.isPending) return <Waiting rows={8} />
  if (found.isError) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  if (found.data === null) return <FirstVersion key={name} name={name} />
  return (
    <Navigate
      to="/mappings/$id"
      params={{ id: found.data.id }}
      search={{ message, tab: 'examples', against: undefined }}
      replace
    />
  )
}

function FirstVersion({ name }: { readonly name: string }) {
  const { t } = useTranslation('mappings')
  const { message } = Route.useSearch()
  const navigate = useNavigate()
  const given = { name, saved: beginning, storeKey: `new ${name}`, message }
  const bench = useBench(given)
  return (
    <Screen title={name} about={t('new.about')}>
      <BenchView
        bench={bench}
        onMessage={(chosen) =>
          void navigate({ to: '/mappings/new', search: { name, message: chosen } })
        }
      />
      <SaveBar
        bench={bench}
        onSaved={({ id }) =>
          void navigate({
            to: '/mappings/$id',
            params: { id },
            search: { message, tab: 'examples', against: undefined },
          })
        }
      />
    </Screen>
  )
}
