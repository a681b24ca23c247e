import {
  Alert,
  Button,
  Checkbox,
  Code,
  Group,
  NativeSelect,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, Link, Navigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../session/session.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { ConfigForm } from './config-form.tsx'
import { configOf, fieldsOf, type Values } from './config-values.ts'
import { type Connector, createConnection, listConnectors } from './connections-api.ts'

export const Route = createLazyRoute('/connections/new')({ component: NewConnectionScreen })

/** Makes a connection, by a form that its connector's schema describes. */
function NewConnectionScreen() {
  const { t } = useTranslation('connections')
  const { can } = useSession()
  const connectors = useQuery({
    queryKey: ['connectors'],
    queryFn: ({ signal }) => listConnectors(signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [key, setKey] = useState('')
  if (!can('connections.manage')) return <Navigate to="/connections" replace />
  const chosen = connectors.data?.find((one) => one.key === key)
  return (
    <Screen title={t('new.title')} about={t('new.about')}>
      {connectors.isPending && <Waiting />}
      {connectors.isError && (
        <ProblemView error={connectors.error} onRetry={() => void connectors.refetch()} />
      )}
      {connectors.data !== undefined && (
        <Stack maw={640}>
          <NativeSelect
            label={t('new.connector')}
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            data={[
              { value: '', label: t('new.choose') },
              ...connectors.data.map((one) => ({ value: one.key, label: one.title })),
            ]}
          />
          {chosen !== undefined && <Draft key={chosen.key} connector={chosen} />}
        </Stack>
      )}
    </Screen>
  )
}

function Draft({ connector }: { readonly connector: Connector }) {
  const { t } = useTranslation('connections')
  const queries = useQueryClient()
  const fields = fieldsOf(connector)
  const [id, setId] = useState(connector.key)
  const [title, setTitle] = useState(connector.title)
  const [roles, setRoles] = useState<string[]>(connector.roles.slice(0, 1))
  const [values, setValues] = useState<Values>({})
  const make = useMutation({
    mutationFn: async () =>
      createConnection({
        connectionId: id.trim(),
        connector: connector.key,
        title: title.trim(),
        roles,
        config: configOf(fields, values),
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['connections'] }),
  })
  if (make.data !== undefined) {
    return <Made id={make.data.connection.id} token={make.data.addressToken} />
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        make.mutate()
      }}
    >
      <Stack>
        <TextInput
          label={t('new.id')}
          description={t('new.idHint')}
          required
          pattern="[a-z0-9][a-z0-9\-]{0,62}"
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <TextInput
          label={t('new.name')}
          required
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Checkbox.Group label={t('new.roles')} value={roles} onChange={setRoles}>
          <Group mt="xs">
            {connector.roles.map((role) => (
              <Checkbox key={role} value={role} label={role} />
            ))}
          </Group>
        </Checkbox.Group>
        <ConfigForm fields={fields} values={values} onChange={setValues} />
        {make.isError && <ProblemView error={make.error} />}
        <Group justify="flex-end">
          <Button variant="default" component={Link} to="/connections">
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={make.isPending} disabled={roles.length === 0}>
            {t('new.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Made({ id, token }: { readonly id: string; readonly token: string | null }) {
  const { t } = useTranslation('connections')
  return (
    <Alert role="status" color="teal" title={t('new.made')}>
      <Stack gap="xs" align="flex-start">
        {token !== null && (
          <>
            <Text size="sm">{t('new.token')}</Text>
            <Code className="break">{token}</Code>
          </>
        )}
        <Button component={Link} to={`/connections/${id}`}>
          {t('new.open')}
        </Button>
      </Stack>
    </Alert>
  )
}
