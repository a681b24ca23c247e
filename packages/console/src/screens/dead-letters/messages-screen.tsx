import { Anchor, Button, Group, NativeSelect, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { type BulkAction, BulkDialog } from '../../views/bulk/bulk-dialog.tsx'
import { Empty } from '../../views/empty.tsx'
import { ListTime } from '../../views/list-time.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { type RecordColumn, RecordTable } from '../../views/record-table.tsx'
import { Screen } from '../../views/screen.tsx'
import { useRowKeys } from '../../views/use-row-keys.ts'
import { Waiting } from '../../views/waiting.tsx'
import { messageStates } from './letter-search.ts'
import { type MessageRow, readMessages } from './letters-api.ts'

export const Route = createLazyRoute('/messages')({ component: MessagesScreen })

/** What systems have sent, the newest first. */
function MessagesScreen() {
  const { t } = useTranslation('dead-letters')
  const search = Route.useSearch()
  const navigate = useNavigate()
  return (
    <Screen
      title={t('messages')}
      actions={
        <Anchor component={Link} to="/dead-letters">
          {t('lettersLink')}
        </Anchor>
      }
    >
      <Group align="flex-end">
        <NativeSelect
          maw={240}
          label={t('state.label')}
          value={search.state ?? ''}
          onChange={({ currentTarget: { value } }) =>
            void navigate({
              to: '/messages',
              search: { ...search, state: messageStates.find((one) => one === value) },
            })
          }
          data={[
            { value: '', label: t('state.all') },
            ...messageStates.map((value) => ({ value, label: t(`state.${value}`) })),
          ]}
        />
        <ReplayAll />
      </Group>
      <Messages />
    </Screen>
  )
}

/** Lets all parked messages that the list is limited to try again. */
function ReplayAll() {
  const { t } = useTranslation('dead-letters')
  const { state, connection } = Route.useSearch()
  const [action, act] = useState<BulkAction | null>(null)
  if (state !== 'parked') return null
  const filter = connection === undefined ? {} : { connection }
  const request = { kind: 'messages.replay', filter }
  return (
    <>
      <Allowed right="messages.replay">
        <Button
          variant="default"
          onClick={() =>
            act({ title: t('message.replayAll'), about: t('message.replayEffect'), request })
          }
        >
          {t('message.replayAll')}
        </Button>
      </Allowed>
      {action && <BulkDialog action={action} refreshes="messages" onClose={() => act(null)} />}
    </>
  )
}

function Messages() {
  const { t } = useTranslation('dead-letters')
  const search = Route.useSearch()
  const navigate = useNavigate()
  const list = useInfiniteQuery({
    queryKey: ['messages', 'list', search],
    queryFn: ({ pageParam }) => readMessages(search, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchOnWindowFocus: false,
  })
  const rows = useMemo(() => list.data?.pages.flatMap(({ data }) => data) ?? [], [list.data])
  const [active, setActive] = useState(-1)
  const open = ({ id }: MessageRow): void => void navigate({ to: '/messages/$id', params: { id } })
  useRowKeys({
    count: rows.length,
    active,
    onActive: setActive,
    onOpen: (index) => rows[index] && open(rows[index]),
  })
  const columns = useMemo(() => messageColumns(t), [t])
  if (list.isPending) return <Waiting rows={8} />
  if (list.isError) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  if (rows.length === 0) {
    return <Empty title={t('message.none.title')} why={t('message.none.why')} />
  }
  return (
    <Stack gap="xs">
      <RecordTable
        label={t('messages')}
        rows={rows}
        columns={columns}
        total={list.hasNextPage ? undefined : rows.length}
        active={active}
        onActive={setActive}
        onOpen={open}
        onEnd={() => {
          if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage()
        }}
      />
    </Stack>
  )
}

function messageColumns(t: TFunction<'dead-letters'>): RecordColumn<MessageRow>[] {
  const column = (
    id: string,
    width: number,
    cell: RecordColumn<MessageRow>['cell'],
  ): RecordColumn<MessageRow> => ({ id, width, cell, header: t(`column.${id}`) })
  return [
    column('topic', 220, ({ id, topic }) => (
      <Anchor component={Link} to={`/messages/${id}`} size="sm">
        {topic}
      </Anchor>
    )),
    column('connection', 140, ({ connectionId }) => connectionId),
    column('received', 140, ({ receivedAt }) => <ListTime at={receivedAt} />),
    column('outcome', 130, ({ outcome }) => t(`state.${outcome ?? 'waiting'}`)),
    column('code', 160, ({ code }) => code ?? '–'),
    column('detail', 320, ({ detail }) => detail ?? '–'),
  ]
}
