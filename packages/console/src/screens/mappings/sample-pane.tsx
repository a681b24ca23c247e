import { Anchor, NativeSelect, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { usePreferences, zoneOf } from '../../preferences/preferences.ts'
import { ProblemView } from '../../views/problem-view.tsx'
import { shortText } from '../../views/time.ts'
import { Waiting } from '../../views/waiting.tsx'
import { CodeEditor } from './code-editor.tsx'
import { type Bench, ownSample } from './use-bench.ts'

/** The message that the document is tried on: one that was recorded, or a text of one's own. */
export function SamplePane({
  bench,
  onMessage,
}: {
  readonly bench: Bench
  readonly onMessage: (message: string) => void
}) {
  const { t, i18n } = useTranslation('mappings')
  const zone = zoneOf(usePreferences().timeZone)
  const isOwn = bench.chosen === ownSample || bench.chosen === ''
  const known = bench.recorded.some(({ id }) => id === bench.chosen)
  const told = { zone, language: i18n.language }
  return (
    <section className="mapping-pane" aria-label={t('sample.title')}>
      <Title order={2} size="h5">
        {t('sample.title')}
      </Title>
      <NativeSelect
        size="xs"
        label={t('sample.pick')}
        value={isOwn ? ownSample : bench.chosen}
        onChange={({ currentTarget: { value } }) => onMessage(value)}
        data={[
          ...bench.recorded.map(({ id, receivedAt, externalId, outcome, code }) => ({
            value: id,
            label: [
              shortText(new Date(receivedAt), new Date(), told),
              t(`outcome.${outcome ?? 'waiting'}` as 'outcome.applied'),
              ...(code === null ? [] : [code]),
              externalId,
            ].join(' · '),
          })),
          ...(isOwn || known ? [] : [{ value: bench.chosen, label: t('sample.other') }]),
          { value: ownSample, label: t('sample.own') },
        ]}
      />
      <div className="mapping-pane-code">
        {isOwn ? (
          <CodeEditor
            label={t('sample.own')}
            language="text"
            value={bench.ownText}
            onChange={bench.onOwnText}
          />
        ) : (
          <SampleText bench={bench} />
        )}
      </div>
    </section>
  )
}

function SampleText({ bench: { sampleText, chosen } }: { readonly bench: Bench }) {
  const { t } = useTranslation('mappings')
  if (sampleText.isPending) return <Waiting />
  if (sampleText.isError) {
    return <ProblemView error={sampleText.error} onRetry={() => void sampleText.refetch()} />
  }
  if (sampleText.data === null) {
    return (
      <Text c="dimmed">
        {t('sample.hidden')}{' '}
        <Anchor component={Link} to={`/messages/${chosen}`}>
          {t('sample.open')}
        </Anchor>
      </Text>
    )
  }
  const pretty = prettyJson(sampleText.data)
  return (
    <CodeEditor
      label={t('sample.title')}
      language={pretty === null ? 'text' : 'json'}
      value={pretty ?? sampleText.data}
    />
  )
}

/** Null for what is no JSON. */
function prettyJson(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return null
  }
}
