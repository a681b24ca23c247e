import { NativeSelect, ScrollArea, Table } from '@mantine/core'
import { IconCheck, IconMinus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../../views/problem-view.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { readRoles } from './users-api.ts'

/** What each role may do; or, of one, only that. */
export function Roles({ role }: { readonly role: string | undefined }) {
  const { t } = useTranslation(['users', 'common'])
  const navigate = useNavigate()
  const found = useQuery({ queryKey: ['roles'], queryFn: readRoles })
  if (found.isPending) return <Waiting rows={8} />
  if (found.data === undefined) {
    return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  }
  const roles = found.data.data
  const shown = roles.filter((one) => role === undefined || one.role === role)
  const rights = [...new Set(shown.flatMap((one) => one.rights))]
  const nameOf = (name: string): string => t(`common:role.${name}` as 'common:role.admin')
  return (
    <>
      <NativeSelect
        w={260}
        label={t('roles.as')}
        value={role ?? ''}
        onChange={({ currentTarget: { value } }) =>
          void navigate({
            to: '/users',
            search: { tab: 'roles', ...(value === '' ? {} : { role: value }) },
          })
        }
        data={[
          { value: '', label: t('roles.all') },
          ...roles.map((one) => ({ value: one.role, label: nameOf(one.role) })),
        ]}
      />
      <ScrollArea>
        <Table striped aria-label={t('tab.roles')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('column.right')}</Table.Th>
              {shown.map((one) => (
                <Table.Th key={one.role} scope="col">
                  {nameOf(one.role)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rights.map((right) => (
              <Table.Tr key={right}>
                <Table.Th scope="row" fw="normal">
                  {right}
                </Table.Th>
                {shown.map((one) => (
                  <Table.Td key={one.role}>
                    {one.rights.includes(right) ? (
                      <IconCheck size={16} role="img" aria-label={t('common:yes')} />
                    ) : (
                      <IconMinus size={16} role="img" aria-label={t('common:no')} opacity={0.4} />
                    )}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </>
  )
}
