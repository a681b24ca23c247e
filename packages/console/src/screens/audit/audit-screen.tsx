import { Button, Code, Group, ScrollArea, Table, Text, TextInput } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty } from '../../views/empty.tsx'
import { formText } from '../../views/form-text.ts'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { type AuditEntry, exportAddress, readAudit } from './audit-api.ts'
import type { AuditSearch } from './route.ts'
import { Verification } from './verification.tsx'

export const Route = createLazyRoute('/audit')({ component: AuditScreen })

/** Who did what, when and to what; and whether the log is still what was written. */
function AuditScreen() {
  const { t } = useTranslation('audit')
  const search = Route.useSearch()
  return (
    <Screen
      title={t('title')}
      about={t('about')}
      actions={
        <>
          <Button
            component="a"
            variant="default"
            href={exportAddress(search)}
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {t('export')}
          </Button>
          <Verification />
        </>
      }
    >
      <Filters search={search} />
      <Entries search={search} />
    </Screen>
  )
}

const fields = ['object', 'type', 'actor', 'action', 'from', 'to'] as const

function Filters({ search }: { readonly search: AuditSearch }) {
  const { t } = useTranslation('audit')
  const navigate = useNavigate()
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const given = fields.flatMap((name) => {
      const value = formText(form, name).trim()
      return value === '' ? [] : [[name, value] as const]
    })
    void navigate({ to: '/audit', search: Object.fromEntries(given) })
  }
  return (
    // Another search is another form, with what is in the address.
    <form onSubmit={submit} key={JSON.stringify(search)} aria-label={t('filters')}>
      <Group align="end" gap="xs">
        {fields.map((name) => (
          <TextInput
            key={name}
            name={name}
            label={t(`field.${name}`)}
            type={name === 'from' || name === 'to' ? 'date' : 'text'}
            defaultValue={search[name] ?? ''}
            size="sm"
          />
        ))}
        <Button type="submit">{t('search')}</Button>
        <Button
          variant="subtle"
          onClick={() => void navigate({ to: '/audit', search: {} })}
          disabled={fields.every((name) => search[name] === undefined)}
        >
          {t('clear')}
        </Button>
      </Group>
    </form>
  )
}

function Entries({ search }: { readonly search: AuditSearch }) {
  const { t } = useTranslation(['audit', 'common'])
  const found = useInfiniteQuery({
    queryKey: ['audit', search],
    queryFn: ({ pageParam }) => readAudit(search, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })
  if (found.isPending) return <Waiting rows={8} />
  if (found.data === undefined) {
    return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  }
  const entries = found.data.pages.flatMap(({ data }) => data)
  if (entries.length === 0) return <Empty title={t('empty.title')} why={t('empty.why')} />
  return (
    <>
      <ScrollArea>
        <Table striped aria-label={t('title')}>
          <Table.Thead>
            <Table.Tr>
              {(['when', 'who', 'what', 'object', 'detail'] as const).map((name) => (
                <Table.Th key={name} scope="col">
                  {t(`column.${name}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.map((entry) => (
              <EntryRow key={`${entry.chainId} ${entry.seq}`} entry={entry} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {found.hasNextPage && (
        <Button
          variant="default"
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {t('common:more')}
        </Button>
      )}
    </>
  )
}

const shortDetail = 80

function EntryRow({ entry }: { readonly entry: AuditEntry }) {
  const { recordedAt, actor, action, objectType, objectId, detail } = entry
  const [kind = '', ...name] = actor.split(' ')
  return (
    <Table.Tr>
      <Table.Td className="figure">
        <TimeText at={recordedAt} as="short" />
      </Table.Td>
      <Table.Td>
        {name.length === 0 ? actor : name.join(' ')}
        {name.length > 0 && (
          <Text size="xs" c="dimmed">
            {kind}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{action}</Table.Td>
      <Table.Td>
        {objectType}
        <Text size="xs" c="dimmed">
          {objectId}
        </Text>
      </Table.Td>
      <Table.Td>
        <Detail detail={detail} />
      </Table.Td>
    </Table.Tr>
  )
}

function Detail({ detail }: { readonly detail: unknown }) {
  if (detail === null || detail === undefined) return null
  const text = JSON.stringify(detail)
  if (text.length <= shortDetail) return <Code>{text}</Code>
  return (
    <details>
      <summary>
        <Code>{`${text.slice(0, shortDetail)}…`}</Code>
      </summary>
      <Code block>{JSON.stringify(detail, null, 2)}</Code>
    </details>
  )
}
