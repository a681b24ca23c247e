import { Badge, Code, List, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Empty } from '../../views/empty.tsx'
import type { Trial } from './mappings-api.ts'

/** The examples that stand in the document: what each comes to now. */
export function ExamplesPanel({ trial }: { readonly trial: Trial | undefined }) {
  const { t } = useTranslation('mappings')
  if (trial === undefined || trial.problems.length > 0) {
    return <Text size="sm">{t('examples.notYet')}</Text>
  }
  if (trial.examples.length + trial.elsewhere.length === 0) {
    return <Empty title={t('examples.none')} why={t('examples.why')} />
  }
  return (
    <Stack gap="xs">
      {trial.examples.map(({ name, line, outcome, reason, differences }) => (
        <div key={`${line} ${name}`}>
          <Badge variant="default" tt="none" mr="xs">
            {outcome === 'passed' ? '✓' : '✗'} {t(`examples.${outcome}`)}
          </Badge>
          <Text span size="sm">
            {name} ({t('document.line', { line })})
          </Text>
          {reason !== null && <Text size="sm">{reason}</Text>}
          <Differences differences={differences} />
        </div>
      ))}
      {trial.elsewhere.length > 0 && (
        <Text size="sm">
          {t('examples.elsewhere', { count: trial.elsewhere.length })}{' '}
          {trial.elsewhere
            .map(({ name, line }) => `${name} (${t('document.line', { line })})`)
            .join(', ')}
        </Text>
      )}
    </Stack>
  )
}

function Differences({
  differences,
}: {
  readonly differences: Trial['examples'][number]['differences']
}) {
  const { t } = useTranslation('mappings')
  if (differences.length === 0) return null
  return (
    <List size="sm" className="break">
      {differences.map(({ pointer, expected, actual }) => (
        <List.Item key={pointer}>
          <Code>{pointer}</Code>{' '}
          {t('examples.instead', { expected: textOf(expected), actual: textOf(actual) })}
        </List.Item>
      ))}
    </List>
  )
}

function textOf(value: unknown): string {
  return value === undefined ? '–' : JSON.stringify(value)
}
