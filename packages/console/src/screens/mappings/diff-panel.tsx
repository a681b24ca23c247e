import { NativeSelect, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../../views/problem-view.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { DiffView } from './diff-view.tsx'
import { listVersions, type Mapping, type MappingVersion, readMapping } from './mappings-api.ts'

/** What is written held against another version: the one in force first, else the one before, else what was saved. */
export function DiffPanel({
  mapping,
  content,
  against,
  onAgainst,
}: {
  readonly mapping: Mapping
  readonly content: string
  readonly against: number | undefined
  readonly onAgainst: (version: number) => void
}) {
  const { t } = useTranslation('mappings')
  const versions = useQuery({
    queryKey: ['mappings', 'versions', mapping.name, 'first'],
    queryFn: ({ signal }) => listVersions(mapping.id, undefined, signal),
  })
  if (versions.isPending) return <Waiting />
  if (versions.isError) {
    return <ProblemView error={versions.error} onRetry={() => void versions.refetch()} />
  }
  const { data } = versions.data
  const other = data.find(({ version }) => version === against) ?? usualOther(mapping, data)
  return (
    <Stack gap="sm">
      <NativeSelect
        maw={320}
        size="xs"
        label={t('diff.against')}
        value={String(other.version)}
        onChange={({ currentTarget: { value } }) => onAgainst(Number(value))}
        data={data.map(({ version, state }) => ({
          value: String(version),
          label: `${t('version', { version })} · ${t(`state.${state}`)}`,
        }))}
      />
      <Compared other={other} mapping={mapping} content={content} />
    </Stack>
  )
}

function usualOther(mapping: Mapping, versions: readonly MappingVersion[]): MappingVersion {
  const others = versions.filter(({ version }) => version !== mapping.version)
  return (
    others.find(({ state }) => state === 'active') ??
    others.find(({ version }) => version < mapping.version) ??
    mapping
  )
}

function Compared({
  other,
  mapping,
  content,
}: {
  readonly other: MappingVersion
  readonly mapping: Mapping
  readonly content: string
}) {
  const { t } = useTranslation('mappings')
  const found = useQuery({
    queryKey: ['mappings', 'one', other.id],
    queryFn: ({ signal }) => readMapping(other.id, signal),
  })
  if (found.isPending) return <Waiting />
  if (found.isError) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  const { body } = found.data
  if (body.content === content) return <Text size="sm">{t('diff.same')}</Text>
  const isWritten = content !== mapping.content
  return (
    <DiffView
      before={{ label: t('version', { version: other.version }), text: body.content }}
      after={{
        label: isWritten ? t('diff.written') : t('version', { version: mapping.version }),
        text: content,
      }}
    />
  )
}
