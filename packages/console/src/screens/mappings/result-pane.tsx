import { Alert, List, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../session/session.tsx'
import { CodeEditor } from './code-editor.tsx'
import type { Trial } from './mappings-api.ts'
import type { Bench } from './use-bench.ts'

/** The canonical events that the sample comes to, or why there are none. */
export function ResultPane({ bench }: { readonly bench: Bench }) {
  const { t } = useTranslation('mappings')
  const { can } = useSession()
  const { data } = bench.trial
  return (
    <section className="mapping-pane" aria-label={t('result.title')}>
      <Title order={2} size="h5">
        {t('result.title')}
      </Title>
      <div role="status">
        {can('documents.manage') ? <Outcome bench={bench} /> : t('result.mayNot')}
      </div>
      {data?.reading && <ReadingProblems reading={data.reading} />}
      {data?.reading && data.reading.events.length > 0 && (
        <div className="mapping-pane-code">
          <CodeEditor
            label={t('result.title')}
            language="json"
            value={JSON.stringify(data.reading.events, null, 2)}
          />
        </div>
      )}
    </section>
  )
}

function Outcome({ bench: { trial, hasSample } }: { readonly bench: Bench }) {
  const { t } = useTranslation('mappings')
  const { data } = trial
  if (data === undefined) return null
  if (data.problems.length > 0) {
    return <Text size="sm">{t('result.wrong', { count: data.problems.length })}</Text>
  }
  if (data.direction === 'outbound') return <Text size="sm">{t('result.outbound')}</Text>
  if (!hasSample || data.reading === null) return <Text size="sm">{t('result.noSample')}</Text>
  const { code, events } = data.reading
  if (code !== null) {
    return (
      <Alert color="red" variant="light" title={t('result.unreadable', { code })}>
        {t(`code.${code}` as 'code.MD01', { defaultValue: '' })}
      </Alert>
    )
  }
  return <Text size="sm">{t('result.events', { count: events.length })}</Text>
}

function ReadingProblems({ reading }: { readonly reading: NonNullable<Trial['reading']> }) {
  const { t } = useTranslation('mappings')
  const { problems, unmapped } = reading
  if (problems.length === 0 && unmapped.length === 0) return null
  return (
    <List size="sm" className="break">
      {problems.map(({ pointer, message }) => (
        <List.Item key={`${pointer} ${message}`}>
          {pointer} {message}
        </List.Item>
      ))}
      {unmapped.map(({ vocabulary, value }) => (
        <List.Item key={`${vocabulary} ${value}`}>
          {t('result.unmapped', { word: value, vocabulary })}{' '}
          <Link className="list-link" to="/words" search={{ vocabulary, prefix: '' }}>
            {t('result.explain')}
          </Link>
        </List.Item>
      ))}
    </List>
  )
}
