import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { CopyButton } from '../../views/copy-button.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { ConfigForm } from './config-form.tsx'
import { configOf, fieldsOf, type Values, valuesOf } from './config-values.ts'
import {
  type Connection,
  type Connector,
  changeConfig,
  listConnectors,
  readConnection,
  renewAddress,
} from './connections-api.ts'
import { Part } from './part.tsx'

/** The addresses that a system calls, and its settings and secrets, for those who may change them. */
export function SetUp({ id }: { readonly id: string }) {
  const { t } = useTranslation('connections')
  const [isOpen, setOpen] = useState(false)
  const answer = useQuery({
    queryKey: ['connections', 'one', id],
    queryFn: ({ signal }) => readConnection(id, signal),
  })
  const connectors = useQuery({
    queryKey: ['connectors'],
    queryFn: ({ signal }) => listConnectors(signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (answer.isError) return <ProblemView error={answer.error} />
  if (answer.data === undefined || connectors.data === undefined) return <Waiting />
  const { body: connection, etag } = answer.data
  const connector = connectors.data.find(({ key }) => key === connection.connector)
  if (connector === undefined) return null
  return (
    <Part title={t('setUp.title')}>
      <Stack gap="sm">
        <Addresses connection={connection} connector={connector} />
        <Group>
          <Allowed right="connections.manage">
            <Button variant="default" onClick={() => setOpen(true)}>
              {t('setUp.change')}
            </Button>
          </Allowed>
        </Group>
      </Stack>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={t('setUp.change')} size="lg">
        <EditConfig
          connection={connection}
          connector={connector}
          etag={etag ?? ''}
          onDone={() => setOpen(false)}
        />
      </Modal>
    </Part>
  )
}

function Addresses({
  connection,
  connector,
  token,
}: {
  readonly connection: Connection
  readonly connector: Connector
  readonly token?: string
}) {
  const { t } = useTranslation('connections')
  const renew = useMutation({ mutationFn: () => renewAddress(connection.id) })
  const secret = renew.data ?? token
  if (connector.topics.length === 0) return null
  return (
    <Stack gap="xs">
      <Text size="sm">{t('setUp.addresses')}</Text>
      {connector.topics.map((topic) => {
        const end = connection.hasAddressToken ? `/${secret ?? '…'}` : ''
        const address = `${window.location.origin}/webhooks/${connection.id}/${topic}${end}`
        return (
          <Group key={topic} gap="xs" wrap="nowrap">
            <Code className="break">{address}</Code>
            <CopyButton value={address} what={t('setUp.address')} />
          </Group>
        )
      })}
      {connection.hasAddressToken && (
        <Group>
          <Allowed right="connections.manage">
            <Button
              size="xs"
              variant="default"
              loading={renew.isPending}
              onClick={() => renew.mutate()}
            >
              {t('setUp.renew')}
            </Button>
          </Allowed>
          <Text size="sm" c="dimmed">
            {secret === undefined ? t('setUp.hidden') : t('setUp.once')}
          </Text>
        </Group>
      )}
      {renew.isError && <ProblemView error={renew.error} />}
    </Stack>
  )
}

function EditConfig({
  connection,
  connector,
  etag,
  onDone,
}: {
  readonly connection: Connection
  readonly connector: Connector
  readonly etag: string
  readonly onDone: () => void
}) {
  const { t } = useTranslation('connections')
  const queries = useQueryClient()
  const fields = fieldsOf(connector)
  const [values, setValues] = useState<Values>(() => valuesOf(fields, connection.config))
  const save = useMutation({
    mutationFn: async () =>
      changeConfig(connection.id, configOf(fields, values, connection.config), etag),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['connections'] })
      onDone()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack>
        <Text size="sm">{t('setUp.secrets')}</Text>
        <ConfigForm
          fields={fields}
          values={values}
          onChange={setValues}
          stored={Object.keys(connection.config)}
        />
        {save.isError && <ProblemView error={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('common:save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
