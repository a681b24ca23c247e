import { Anchor, Button, Table } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../../views/problem-view.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { listVersions, type Mapping, type MappingVersion } from './mappings-api.ts'

/** Every version of this mapping, who made it and why, and when it came into force. */
export function VersionsPanel({ mapping }: { readonly mapping: Mapping }) {
  const { t } = useTranslation('mappings')
  const list = useInfiniteQuery({
    queryKey: ['mappings', 'versions', mapping.name],
    queryFn: ({ pageParam, signal }) => listVersions(mapping.id, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  })
  if (list.isPending) return <Waiting />
  if (list.isError) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  return (
    <>
      <Table.ScrollContainer minWidth={700} tabIndex={0} aria-label={t('tab.versions')}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              {(['version', 'state', 'made', 'activated', 'note', 'diff'] as const).map(
                (column) => (
                  <Table.Th key={column} scope="col">
                    {t(`versions.${column}`)}
                  </Table.Th>
                ),
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.data.pages
              .flatMap(({ data }) => data)
              .map((one) => (
                <VersionRow key={one.id} one={one} shown={mapping} />
              ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
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

function VersionRow({ one, shown }: { readonly one: MappingVersion; readonly shown: Mapping }) {
  const { t } = useTranslation('mappings')
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/mappings/${one.id}`}>
          {t('version', { version: one.version })}
        </Anchor>
      </Table.Td>
      <Table.Td>{t(`state.${one.state}`)}</Table.Td>
      <Table.Td>
        <TimeText at={one.createdAt} /> · {one.createdBy}
      </Table.Td>
      <Table.Td>
        {one.activatedAt !== null && (
          <>
            <TimeText at={one.activatedAt} /> · {one.activatedBy}
          </>
        )}
      </Table.Td>
      <Table.Td className="break">{one.note}</Table.Td>
      <Table.Td>
        {one.version !== shown.version && (
          <Link
            className="list-link"
            to="/mappings/$id"
            params={{ id: shown.id }}
            search={{ tab: 'diff', against: one.version, message: undefined }}
          >
            {t('versions.compare')}
          </Link>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
