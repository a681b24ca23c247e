import { Button, Group, Kbd, Modal, Stack, Switch, Table, TextInput, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { keysOf, type Shortcut, useActiveShortcuts } from '../keyboard/shortcuts.ts'
import { changePreferences, usePreferences } from '../preferences/preferences.ts'

const groups = ['screen', 'places', 'general'] as const

/** What keys do here; they can be switched off, and be others. */
export function ShortcutHelp({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const shortcuts = useActiveShortcuts()
  const { shortcuts: areOn, keys } = usePreferences()
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t('shortcuts.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <Group justify="space-between">
          <Switch
            label={t('shortcuts.enabled')}
            checked={areOn}
            onChange={({ currentTarget }) =>
              changePreferences({ shortcuts: currentTarget.checked })
            }
          />
          {Object.keys(keys).length > 0 && (
            <Button size="xs" variant="default" onClick={() => changePreferences({ keys: {} })}>
              {t('shortcuts.reset')}
            </Button>
          )}
        </Group>
        {groups.map((group) => {
          const shown = shortcuts.filter((shortcut) => shortcut.group === group)
          if (shown.length === 0) return null
          return (
            <div key={group}>
              <Title order={2} size="h5">
                {t(`shortcuts.${group}`)}
              </Title>
              <Table>
                <Table.Tbody>
                  {shown.map((shortcut) => (
                    <ShortcutRow key={shortcut.id} shortcut={shortcut} />
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          )
        })}
      </Stack>
    </Modal>
  )
}

function ShortcutRow({ shortcut }: { readonly shortcut: Shortcut }) {
  const { t } = useTranslation()
  const { keys } = usePreferences()
  const chosen = keysOf(shortcut)
  return (
    <Table.Tr>
      <Table.Th scope="row" fw="normal">
        {shortcut.label}
      </Table.Th>
      <Table.Td>
        {chosen.split(' ').map((key) => (
          <Kbd key={key} mr={4}>
            {key.replace('$mod', 'Ctrl')}
          </Kbd>
        ))}
      </Table.Td>
      <Table.Td w={120}>
        <TextInput
          size="xs"
          aria-label={t('shortcuts.change', { what: shortcut.label })}
          placeholder={shortcut.keys}
          defaultValue={keys[shortcut.id] ?? ''}
          onBlur={({ currentTarget: { value } }) => rebind(shortcut.id, value.trim())}
        />
      </Table.Td>
    </Table.Tr>
  )

  function rebind(id: string, value: string): void {
    const others = Object.fromEntries(Object.entries(keys).filter(([name]) => name !== id))
    changePreferences({ keys: value === '' ? others : { ...others, [id]: value } })
  }
}
