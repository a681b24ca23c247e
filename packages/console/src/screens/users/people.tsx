import { Badge, Button, Group, Menu, NativeSelect, ScrollArea, Table, Text } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../session/session.tsx'
import { Allowed } from '../../views/allowed.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { Confirm } from './confirm.tsx'
import { NewUser } from './new-user.tsx'
import { ResetPassword } from './reset-password.tsx'
import { Sessions } from './sessions.tsx'
import { changeUser, personRoles, readUsers, type User } from './users-api.ts'

type Shown =
  | { readonly what: 'new' }
  | { readonly what: 'disable' | 'enable' | 'reset' | 'sessions'; readonly user: User }
  | { readonly what: 'role'; readonly user: User; readonly role: string }
  | null

/** Everybody who may sign in. */
export function People() {
  const { t } = useTranslation('users')
  const [shown, show] = useState<Shown>(null)
  const found = useQuery({ queryKey: ['users'], queryFn: readUsers })
  if (found.isPending) return <Waiting />
  if (found.data === undefined) {
    return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  }
  return (
    <>
      <Group>
        <Allowed right="users.manage">
          <Button onClick={() => show({ what: 'new' })}>{t('new.do')}</Button>
        </Allowed>
      </Group>
      <ScrollArea>
        <Table aria-label={t('tab.people')}>
          <Table.Thead>
            <Table.Tr>
              {(['person', 'role', 'signsInBy', 'lastSignIn', 'actions'] as const).map((name) => (
                <Table.Th key={name} scope="col">
                  {t(`column.${name}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.data.data.map((user) => (
              <PersonRow key={user.id} user={user} show={show} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      <Dialogs shown={shown} onClose={() => show(null)} />
    </>
  )
}

function PersonRow({ user, show }: { readonly user: User; readonly show: (shown: Shown) => void }) {
  const { t } = useTranslation(['users', 'common'])
  const { can } = useSession()
  const mayManage = can('users.manage')
  return (
    <Table.Tr>
      <Table.Th scope="row" fw="normal">
        {user.name} {user.isDisabled && <Badge color="gray">{t('closed')}</Badge>}
        {user.mustChangePassword && (
          <Badge color="yellow" c="black">
            {t('invited')}
          </Badge>
        )}
        <Text size="xs" c="dimmed">
          {user.email}
        </Text>
      </Table.Th>
      <Table.Td>
        {mayManage ? (
          <NativeSelect
            size="xs"
            aria-label={t('roleOf', { name: user.name })}
            value={user.role}
            onChange={({ currentTarget: { value } }) => show({ what: 'role', user, role: value })}
            data={personRoles.map((value) => ({ value, label: t(`common:role.${value}`) }))}
          />
        ) : (
          t(`common:role.${user.role}` as 'common:role.admin')
        )}
      </Table.Td>
      <Table.Td>
        {user.signsInBy.map((way) => t(`way.${way}` as 'way.password')).join(', ')}
      </Table.Td>
      <Table.Td>
        {user.lastSignInAt === null ? t('common:time.never') : <TimeText at={user.lastSignInAt} />}
      </Table.Td>
      <Table.Td>
        <Menu>
          <Menu.Target>
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              aria-label={t('actionsFor', { name: user.name })}
            >
              <IconDots size={16} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => show({ what: 'sessions', user })}>
              {t('sessions.do')}
            </Menu.Item>
            <Menu.Item disabled={!mayManage} onClick={() => show({ what: 'reset', user })}>
              {t('reset.do')}
            </Menu.Item>
            <Menu.Item
              disabled={!mayManage}
              onClick={() => show({ what: user.isDisabled ? 'enable' : 'disable', user })}
            >
              {t(user.isDisabled ? 'enable.do' : 'disable.do')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Table.Td>
    </Table.Tr>
  )
}

function Dialogs({ shown, onClose }: { readonly shown: Shown; readonly onClose: () => void }) {
  const { t } = useTranslation(['users', 'common'])
  if (shown === null) return null
  if (shown.what === 'new') return <NewUser onClose={onClose} />
  const { user } = shown
  const name = user.name
  if (shown.what === 'sessions') return <Sessions user={user} onClose={onClose} />
  if (shown.what === 'reset') return <ResetPassword user={user} onClose={onClose} />
  if (shown.what === 'role') {
    const role = t(`common:role.${shown.role}` as 'common:role.admin')
    return (
      <Confirm
        title={t('role.title', { name, role })}
        about={t('role.about')}
        work={() => changeUser(user, { role: shown.role })}
        refreshes="users"
        onClose={onClose}
      />
    )
  }
  const isDisabled = shown.what === 'disable'
  return (
    <Confirm
      title={t(`${shown.what}.title`, { name })}
      about={t(`${shown.what}.about`)}
      work={() => changeUser(user, { isDisabled })}
      refreshes="users"
      onClose={onClose}
    />
  )
}
