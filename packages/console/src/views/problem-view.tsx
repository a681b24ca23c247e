import { Alert, Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../api/problem.ts'
import { CopyButton } from './copy-button.tsx'

/** What went wrong, that nothing was lost, and what one can do about it. */
export function ProblemView({
  error,
  onRetry,
}: {
  readonly error: unknown
  readonly onRetry?: () => void
}) {
  const { t } = useTranslation()
  const problem = error instanceof ApiProblem ? error : null
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={t('problem.title')}
    >
      <Text size="sm">{problemText(problem, t)}</Text>
      <Text size="sm" c="dimmed">
        {t('problem.kept')}
      </Text>
      <Group mt="sm">
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('problem.retry')}
          </Button>
        )}
        {problem?.traceId && (
          <CopyButton value={problem.traceId} what={t('problem.trace')}>
            {t('problem.trace')} {problem.traceId.slice(0, 8)}
          </CopyButton>
        )}
      </Group>
    </Alert>
  )
}

/** The sentence for a problem, in the reader's language where it is one that people meet often. */
function problemText(
  problem: ApiProblem | null,
  t: (
    key: 'problem.offline' | 'problem.forbidden' | 'problem.notFound' | 'problem.title',
  ) => string,
): string {
  if (problem === null) return t('problem.title')
  if (problem.status === 0) return t('problem.offline')
  if (problem.status === 403) return t('problem.forbidden')
  if (problem.status === 404) return t('problem.notFound')
  return problem.message
}
