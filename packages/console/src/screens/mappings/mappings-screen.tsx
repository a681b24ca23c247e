import { Anchor, Badge, Button, Group, NativeSelect, Table, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { Empty } from '../../views/empty.tsx'
import { formText } from '../../views/form-text.ts'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { documentStates } from './mapping-search.ts'
import { listMappings, type MappingSummary } from './mappings-api.ts'

export const Route = createLazyRoute('/mappings')({ component: MappingsScreen })

/** All mappings by their names, each as its newest version. */
function MappingsScreen() {
  const { t } = useTranslation('mappings')
  const { state } = Route.useSearch()
  const navigate = Route.useNavigate()
  return (
    <Screen title={t('title')} about={t('about')}>
      <Group align="flex-end" justify="space-between">
        <NativeSelect
          label={t('list.state')}
          value={state ?? ''}
          onChange={({ currentTarget: { value } }) =>
            void navigate({ search: { state: documentStates.find((one) => one === value) } })
          }
          data={[
            { value: '', label: t('list.all') },
            ...documentStates.map((value) => ({ value, label: t(`state.${value}`) })),
          ]}
        />
        <NewMapping />
      </Group>
      <Mappings />
    </Screen>
  )
}

function NewMapping() {
  const { t } = useTranslation('mappings')
  const navigate = useNavigate()
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const name = `${formText(form, 'connection').trim()}/${formText(form, 'topic').trim()}`
    void navigate({ to: '/mappings/new', search: { name, message: undefined } })
  }
  return (
    <form onSubmit={submit}>
      <Group align="flex-end">
        <TextInput name="connection" label={t('new.connection')} required withAsterisk={false} />
        <TextInput name="topic" label={t('new.topic')} required withAsterisk={false} />
        <Allowed right="documents.manage">
          <Button type="submit">{t('new.do')}</Button>
        </Allowed>
      </Group>
    </form>
  )
}

function Mappings() {
  const { t } = useTranslation('mappings')
  const { state } = Route.useSearch()
  const list = useInfiniteQuery({
    queryKey: ['mappings', 'list', state],
    queryFn: ({ pageParam, signal }) => listMappings({ state, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  })
  if (list.isPending) return <Waiting rows={6} />
  if (list.isError) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  const rows = list.data.pages.flatMap(({ data }) => data)
  if (rows.length === 0) {
    return state === undefined ? (
      <Empty title={t('list.none')} why={t('list.why')} />
    ) : (
      <Empty title={t('list.noneFiltered')} why={t('list.whyFiltered')} />
    )
  }
  return (
    <>
      <MappingTable rows={rows} />
      {list.hasNextPage && (
        <Button
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('common:more')}
        </Button>
      )}
    </>
  )
}

function MappingTable({ rows }: { readonly rows: readonly MappingSummary[] }) {
  const { t } = useTranslation('mappings')
  return (
    <Table.ScrollContainer minWidth={600} tabIndex={0} aria-label={t('title')}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            {(['name', 'newest', 'active', 'changed'] as const).map((column) => (
              <Table.Th key={column} scope="col">
                {t(`list.${column}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ id, name, version, state, activeVersion, createdBy, createdAt }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <Anchor component={Link} to={`/mappings/${id}`}>
                  {name}
                </Anchor>
              </Table.Td>
              <Table.Td>
                <Badge variant="default" tt="none">
                  {t('version', { version })} · {t(`state.${state}`)}
                </Badge>
              </Table.Td>
              <Table.Td>
                {activeVersion === null
                  ? t('list.notActive')
                  : t('version', { version: activeVersion })}
              </Table.Td>
              <Table.Td>
                <TimeText at={createdAt} /> · {createdBy}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
