import {
  Badge,
  Button,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  ScrollArea,
  Stack,
  Table,
  Text,
  TextInput,
} from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { formText } from '../../views/form-text.ts'
import { ProblemView } from '../../views/problem-view.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { Confirm } from './confirm.tsx'
import { ShownOnce } from './once.tsx'
import { type ApiKey, createKey, personRoles, readKeys, revokeKey } from './users-api.ts'

const usualDays = 90
const mostDays = 365

/** Keys of programs, and of people who work with the API. */
export function Keys() {
  const { t } = useTranslation(['users', 'common'])
  const [isMaking, make] = useState(false)
  const [revoked, revoke] = useState<ApiKey | null>(null)
  const found = useQuery({ queryKey: ['api-keys'], queryFn: readKeys })
  if (found.isPending) return <Waiting />
  if (found.data === undefined) {
    return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  }
  return (
    <>
      <Group>
        <Allowed right="api_keys.manage">
          <Button onClick={() => make(true)}>{t('key.do')}</Button>
        </Allowed>
      </Group>
      <ScrollArea>
        <Table aria-label={t('tab.keys')}>
          <Table.Thead>
            <Table.Tr>
              {(['key', 'role', 'expires', 'lastUsed', 'actions'] as const).map((name) => (
                <Table.Th key={name} scope="col">
                  {t(`column.${name}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.data.data.map((key) => (
              <KeyRow key={key.id} apiKey={key} onRevoke={() => revoke(key)} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {isMaking && <NewKey onClose={() => make(false)} />}
      {revoked !== null && (
        <Confirm
          title={t('revoke.title', { name: revoked.name })}
          about={t('revoke.about')}
          work={() => revokeKey(revoked)}
          refreshes="api-keys"
          onClose={() => revoke(null)}
        />
      )}
    </>
  )
}

function KeyRow({ apiKey, onRevoke }: { readonly apiKey: ApiKey; readonly onRevoke: () => void }) {
  const { t } = useTranslation(['users', 'common'])
  const { id, name, role, connectionId, expiresAt, revokedAt, lastUsedAt } = apiKey
  return (
    <Table.Tr>
      <Table.Th scope="row" fw="normal">
        {name} {revokedAt !== null && <Badge color="gray">{t('revoked')}</Badge>}
        <Text size="xs" c="dimmed">
          {connectionId === null ? id : `${id} · ${connectionId}`}
        </Text>
      </Table.Th>
      <Table.Td>{t(`common:role.${role}` as 'common:role.admin')}</Table.Td>
      <Table.Td>
        {expiresAt === null ? t('common:time.never') : <TimeText at={expiresAt} />}
      </Table.Td>
      <Table.Td>
        {lastUsedAt === null ? t('common:time.never') : <TimeText at={lastUsedAt} />}
      </Table.Td>
      <Table.Td>
        {revokedAt === null && (
          <Allowed right="api_keys.manage">
            <Button
              size="xs"
              variant="default"
              aria-label={t('revoke.of', { name })}
              onClick={onRevoke}
            >
              {t('revoke.do')}
            </Button>
          </Allowed>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function NewKey({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['users', 'common'])
  const queries = useQueryClient()
  const make = useMutation({
    mutationFn: createKey,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['api-keys'] }),
  })
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    make.mutate({
      name: formText(form, 'name'),
      role: formText(form, 'role'),
      expiresInDays: Number(formText(form, 'days')),
    })
  }
  const roles = [...personRoles, 'machine'] as const
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('key.title')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {make.isSuccess ? (
        <Stack>
          <ShownOnce value={make.data.key} about={t('key.made')} />
          <Button onClick={onClose}>{t('common:close')}</Button>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            {make.isError && <ProblemView error={make.error} />}
            <TextInput name="name" label={t('key.name')} required maxLength={100} data-autofocus />
            <NativeSelect
              name="role"
              label={t('column.role')}
              defaultValue="machine"
              data={roles.map((value) => ({ value, label: t(`common:role.${value}`) }))}
            />
            <NumberInput
              name="days"
              label={t('key.days')}
              defaultValue={usualDays}
              min={1}
              max={mostDays}
              allowDecimal={false}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t('common:cancel')}
              </Button>
              <Button type="submit" loading={make.isPending}>
                {t('key.do')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}
