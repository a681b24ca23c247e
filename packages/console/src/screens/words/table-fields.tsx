import { FileInput, List, NativeSelect, Text, Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../../views/problem-view.tsx'
import { useTitles } from './use-titles.ts'
import { listConnections, type Vocabulary, type WordTable } from './words-api.ts'

/** A table as it was pasted, or as it stands in a file. */
export type GivenTable = Omit<WordTable, 'vocabulary'>

interface FieldsProps {
  readonly table: GivenTable
  readonly onChange: (table: GivenTable) => void
}

/** Where a table is given: chosen, or pasted. What a file says is shown, and can be corrected before it is sent. */
export function TableFields({
  vocabulary,
  table,
  onChange,
}: FieldsProps & { readonly vocabulary: Vocabulary }) {
  const { t } = useTranslation('words')
  const [file, setFile] = useState<File | null>(null)
  const reading = useMutation({
    mutationFn: (chosen: File) => chosen.text(),
    onSuccess: (csv) => onChange({ ...table, csv }),
  })
  function choose(chosen: File | null): void {
    setFile(chosen)
    if (chosen !== null) reading.mutate(chosen)
  }
  return (
    <>
      <Text size="sm">{t('import.about')}</Text>
      {vocabulary.values !== null && (
        <CanonicalValues vocabulary={vocabulary.name} values={vocabulary.values} />
      )}
      <FileInput
        label={t('import.file')}
        accept=".csv,text/csv"
        value={file}
        onChange={choose}
        placeholder={t('import.choose')}
        styles={{ placeholder: { color: 'var(--mantine-color-dimmed)' } }}
      />
      {reading.isError && <ProblemView error={reading.error} />}
      <Textarea
        data-autofocus
        label={t('import.text')}
        rows={8}
        resize="vertical"
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        value={table.csv}
        onChange={({ currentTarget: { value } }) => {
          // No longer what the file says.
          setFile(null)
          onChange({ ...table, csv: value })
        }}
      />
      <ConnectionField table={table} onChange={onChange} />
    </>
  )
}

/** What the words of a table can mean. */
function CanonicalValues({
  vocabulary,
  values,
}: {
  readonly vocabulary: string
  readonly values: NonNullable<Vocabulary['values']>
}) {
  const { t } = useTranslation('words')
  const titles = useTitles()
  return (
    <details>
      <summary>{t('import.values')}</summary>
      <List size="sm">
        {values.map(({ value, title }) => (
          <List.Item key={value}>
            {value}: {titles.meaning(vocabulary, { value, title })}
          </List.Item>
        ))}
      </List>
    </details>
  )
}

/** Whose words they are in rows that do not say it. */
function ConnectionField({ table, onChange }: FieldsProps) {
  const { t } = useTranslation('words')
  const found = useQuery({
    queryKey: ['connections', 'of-words'],
    queryFn: ({ signal }) => listConnections(signal),
  })
  return (
    <>
      <NativeSelect
        label={t('import.connection')}
        value={table.connectionId ?? ''}
        data={[
          { value: '', label: t('import.every') },
          ...(found.data ?? []).map(({ id, title }) => ({ value: id, label: `${title} (${id})` })),
        ]}
        onChange={({ currentTarget: { value } }) =>
          onChange({ ...table, connectionId: value === '' ? null : value })
        }
      />
      {found.isError && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
    </>
  )
}
