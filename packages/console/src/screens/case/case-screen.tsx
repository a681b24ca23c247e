import { Badge, Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../api/problem.ts'
import { useShortcuts } from '../../keyboard/shortcuts.ts'
import { CopyButton } from '../../views/copy-button.tsx'
import { Empty } from '../../views/empty.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { CaseActions } from './actions.tsx'
import { type CaseView, caseAddress, caseKey, readCase } from './case-api.ts'
import { CustomerPanel } from './customer-panel.tsx'
import { sentenceOf } from './fact-text.ts'
import { LinesPanel } from './lines-panel.tsx'
import { MoneyPanel } from './money-panel.tsx'
import { StagesPanel } from './stages-panel.tsx'
import { StuckPanel } from './stuck-panel.tsx'
import { SystemsPanel } from './systems-panel.tsx'
import { useCaseTexts } from './texts.ts'
import { Timeline } from './timeline.tsx'
import { useNews } from './use-news.ts'

export const Route = createLazyRoute('/cases/$caseNo')({ component: CaseScreen })

/** Where a return is, where its money is, what is stuck, and what one can do about it. */
function CaseScreen() {
  const { caseNo } = Route.useParams()
  const { t } = useTranslation('case')
  const found = useQuery({
    queryKey: [...caseKey(caseNo), 'whole'],
    queryFn: ({ signal }) => readCase(caseNo, signal),
    // What changes is told, and shown when its reader wants it.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
  })
  if (found.isPending) return <Waiting rows={8} />
  if (found.data === undefined) {
    const isMissing = found.error instanceof ApiProblem && found.error.status === 404
    if (isMissing) {
      return (
        <Screen title={caseNo}>
          <Empty title={t('missing.title', { caseNo })} why={t('missing.why')} />
        </Screen>
      )
    }
    return (
      <Screen title={caseNo}>
        <ProblemView error={found.error} onRetry={() => void found.refetch()} />
      </Screen>
    )
  }
  return <CasePage found={found.data} asked={caseNo} />
}

function CasePage({ found, asked }: { readonly found: CaseView; readonly asked: string }) {
  const { t } = useTranslation('case')
  const texts = useCaseTexts()
  const news = useNews(asked, found)
  useShortcuts([
    { id: 'case.news', keys: 'u', label: t('keys.news'), group: 'screen', run: news.show },
  ])
  const sentence = sentenceOf(found.facts, texts)
  return (
    <Screen
      title={found.caseNo}
      about={<About found={found} />}
      actions={<CaseActions found={found} asked={asked} />}
    >
      <div className="case-truth">
        <Text component="p" size="lg" fw={600} data-testid="truth">
          {sentence}
        </Text>
        <CopyButton value={`${found.caseNo}: ${sentence}`} what={t('truth')} />
      </div>
      <div role="status" aria-live="polite" className="no-print">
        {news.count > 0 && (
          <Button size="xs" onClick={news.show}>
            {t('news', { count: news.count })}
          </Button>
        )}
      </div>
      <div className="case-page">
        <div className="case-work">
          <StuckPanel found={found} asked={asked} />
          <StagesPanel lines={found.lines} />
          <LinesPanel lines={found.lines} />
        </div>
        <div className="case-side">
          <SystemsPanel asked={asked} />
          <MoneyPanel found={found} />
          <CustomerPanel found={found} asked={asked} />
        </div>
        <div className="case-story">
          <Timeline asked={asked} />
        </div>
      </div>
    </Screen>
  )
}

function About({ found }: { readonly found: CaseView }) {
  const { say, word } = useCaseTexts()
  return (
    <Group gap="xs" component="span">
      <Badge variant="light" color="gray" component="span" className="case-badge">
        {word('headline', found.headline)}
      </Badge>
      <span>{say('about.opened')}</span>
      <TimeText at={found.createdAt} as="short" />
      {found.orderRefs.length > 0 && (
        <span>{say('about.order', { order: found.orderRefs.join(', ') })}</span>
      )}
      <span>
        {found.company} · {word('channel', found.channel)}
      </span>
      {found.owner !== null && <span>{say('about.owner', { owner: found.owner.owner })}</span>}
      <CopyButton value={found.caseNo} what={say('about.number')} />
      <a href={caseAddress(found.caseNo)} className="no-print list-link">
        API
      </a>
    </Group>
  )
}
