import { Autocomplete, Button, Checkbox, Group, NativeSelect, Popover, Stack } from '@mantine/core'
import { IconColumns3, IconDownload } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { columnIds, standardColumns } from './case-columns.tsx'
import { type CaseSearch, completionsOf, formatFilter, parseFilter, sorts } from './case-search.ts'
import { csvAddress } from './cases-api.ts'

interface BarProps {
  readonly search: CaseSearch
  readonly onChange: (search: CaseSearch) => void
}

/** What is looked for, in which order, with which columns, and all of it as a table. */
export function FilterBar({ search, onChange }: BarProps) {
  const { t } = useTranslation('cases')
  return (
    <Group align="flex-end" gap="sm">
      <FilterLine search={search} onChange={onChange} />
      <NativeSelect
        label={t('sort.label')}
        value={search.sort ?? 'newest'}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...search, sort: sorts.find((one) => one === value) })
        }
        data={sorts.map((value) => ({ value, label: t(`sort.${value}`) }))}
      />
      <ColumnMenu search={search} onChange={onChange} />
      <Button
        component="a"
        href={csvAddress(search)}
        download="returns.csv"
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
      >
        {t('csv')}
      </Button>
    </Group>
  )
}

function FilterLine({ search, onChange }: BarProps) {
  const { t } = useTranslation('cases')
  const asked = formatFilter(search)
  const [line, setLine] = useState(asked)
  // The address may change without this line: by a view, or by going back.
  useEffect(() => setLine(asked), [asked])
  function apply(text: string): void {
    const { stage, sort, columns } = search
    onChange({ ...parseFilter(text), stage, sort, columns })
  }
  return (
    <Autocomplete
      label={t('filter.label')}
      description={t('filter.hint')}
      value={line}
      onChange={setLine}
      data={completionsOf(line)}
      filter={({ options }) => options}
      selectFirstOptionOnChange={false}
      onOptionSubmit={(text) => {
        if (!text.endsWith(':')) apply(text)
      }}
      onKeyDown={({ key, defaultPrevented }) => {
        if (key === 'Enter' && !defaultPrevented) apply(line)
      }}
      maxDropdownHeight={280}
      style={{ flex: '1 1 320px' }}
    />
  )
}

function ColumnMenu({ search, onChange }: BarProps) {
  const { t } = useTranslation('cases')
  const shown = search.columns ?? standardColumns
  function toggle(id: string): void {
    const next = shown.includes(id) ? shown.filter((one) => one !== id) : [...shown, id]
    onChange({ ...search, columns: columnIds.filter((one) => next.includes(one)) })
  }
  return (
    <Popover trapFocus position="bottom-end">
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} aria-hidden />}>
          {t('columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('columns')}>
        <Stack gap="xs">
          {columnIds.map((id) => (
            <Checkbox
              key={id}
              size="sm"
              label={t(`column.${id}`)}
              checked={shown.includes(id)}
              onChange={() => toggle(id)}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
