import { Button, Group, NativeSelect, SegmentedControl, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChanges } from '../../live/live.ts'
import { formText } from '../../views/form-text.ts'
import { SavedViews } from '../../views/saved-views/saved-views.tsx'
import { Screen } from '../../views/screen.tsx'
import { CauseTable } from './cause-table.tsx'
import { ExceptionList } from './exception-list.tsx'
import { type ExceptionSearch, queues, readSearch, states } from './exception-search.ts'

export const Route = createLazyRoute('/exceptions')({ component: ExceptionsScreen })

/** What is wrong, by its cause or one by one. What is shown is in the address. */
function ExceptionsScreen() {
  const { t } = useTranslation('exceptions')
  const search = Route.useSearch()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [changed, setChanged] = useState(0)
  useChanges((change) => {
    const count = change === 'reset' ? 1 : change.exceptions.length
    if (count > 0) setChanged((known) => known + count)
  })
  const onChange = (next: ExceptionSearch): void =>
    void navigate({ to: '/exceptions', search: next })
  async function renew(): Promise<void> {
    setChanged(0)
    await queries.resetQueries({ queryKey: ['exceptions'] })
  }
  const { queue: _queue, owner: _owner, view: asked, ...single } = search
  const view = asked ?? (Object.keys(single).length > 0 ? 'list' : 'causes')
  return (
    <Screen
      title={t('title')}
      actions={
        <>
          {changed > 0 && (
            <Button size="xs" variant="light" onClick={() => void renew()}>
              {t('common:new', { count: changed })}
            </Button>
          )}
          <SavedViews screen="exceptions" search={search} read={readSearch} onOpen={onChange} />
        </>
      }
    >
      <Group align="flex-end">
        <SegmentedControl
          aria-label={t('view.label')}
          value={view}
          onChange={(value) => onChange({ ...search, view: value === 'list' ? 'list' : 'causes' })}
          data={[
            { value: 'causes', label: t('view.causes') },
            { value: 'list', label: t('view.list') },
          ]}
        />
        <Filters search={search} onChange={onChange} withState={view === 'list'} />
      </Group>
      {view === 'causes' ? (
        <CauseTable search={search} onChange={onChange} />
      ) : (
        <ExceptionList search={search} onChange={onChange} />
      )}
    </Screen>
  )
}

function Filters({
  search,
  onChange,
  withState,
}: {
  readonly search: ExceptionSearch
  readonly onChange: (search: ExceptionSearch) => void
  readonly withState: boolean
}) {
  const { t } = useTranslation('exceptions')
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const owner = formText(new FormData(event.currentTarget), 'owner')
    onChange({ ...search, owner: owner === '' ? undefined : owner })
  }
  return (
    <>
      <NativeSelect
        label={t('queue.label')}
        value={search.queue ?? ''}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...search, queue: queues.find((one) => one === value) })
        }
        data={[
          { value: '', label: t('queue.all') },
          ...queues.map((value) => ({ value, label: t(`queue.${value}`) })),
        ]}
      />
      {withState && (
        <NativeSelect
          label={t('state.label')}
          value={search.state ?? ''}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...search, state: states.find((one) => one === value) })
          }
          data={[
            { value: '', label: t('state.all') },
            ...states.map((value) => ({ value, label: t(`state.${value}`) })),
          ]}
        />
      )}
      <form onSubmit={submit}>
        <TextInput
          // The address may change without this line: by a view, or by going back.
          key={search.owner ?? ''}
          name="owner"
          label={t('owner')}
          defaultValue={search.owner ?? ''}
        />
      </form>
    </>
  )
}
