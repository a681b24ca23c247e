import { Anchor, Group, List, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../session/session.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { CodeEditor } from './code-editor.tsx'
import type { DocumentProblem } from './mappings-api.ts'
import type { Bench } from './use-bench.ts'

/** The document, with what is wrong at its place and below. */
export function DocumentPane({ bench }: { readonly bench: Bench }) {
  const { t } = useTranslation('mappings')
  const { can } = useSession()
  const [goTo, setGoTo] = useState<{ readonly line: number } | null>(null)
  const problems = bench.trial.data?.problems
  return (
    <section className="mapping-pane" aria-label={t('document.title')}>
      <Group justify="space-between">
        <Title order={2} size="h5">
          {t('document.title')}
        </Title>
        {bench.isChanged && (
          <Text size="xs" fw={600}>
            {t('document.changed')}
          </Text>
        )}
      </Group>
      <div className="mapping-pane-code">
        <CodeEditor
          label={t('document.title')}
          language="yaml"
          value={bench.content}
          onChange={can('documents.manage') ? bench.onContent : undefined}
          problems={problems}
          goTo={goTo}
        />
      </div>
      {bench.trial.isError && <ProblemView error={bench.trial.error} />}
      <Problems problems={problems ?? []} onLine={(line) => setGoTo({ line })} />
    </section>
  )
}

const shownProblems = 8

function Problems({
  problems,
  onLine,
}: {
  readonly problems: readonly DocumentProblem[]
  readonly onLine: (line: number) => void
}) {
  const { t } = useTranslation('mappings')
  return (
    <div role="status" aria-label={t('document.problems')}>
      {problems.length > 0 && (
        <List size="sm" className="break">
          {problems.slice(0, shownProblems).map(({ line, path, message }) => (
            <List.Item key={`${line} ${path} ${message}`}>
              {line !== null && (
                <>
                  <Anchor component="button" type="button" size="sm" onClick={() => onLine(line)}>
                    {t('document.line', { line })}
                  </Anchor>{' '}
                </>
              )}
              {path === '' ? message : `${path}: ${message}`}
            </List.Item>
          ))}
        </List>
      )}
      {problems.length > shownProblems && (
        <Text size="sm">{t('document.more', { count: problems.length - shownProblems })}</Text>
      )}
    </div>
  )
}
