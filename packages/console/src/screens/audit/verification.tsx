import { Alert, Button, List, Modal, Text } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../../views/problem-view.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { verifyAudit } from './audit-api.ts'

/** Has the hub look whether the log is what was written, and says what it found. */
export function Verification() {
  const { t } = useTranslation(['audit', 'common'])
  const look = useMutation({ mutationFn: verifyAudit })
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconShieldCheck size={16} aria-hidden />}
        onClick={() => look.mutate()}
      >
        {t('verify.do')}
      </Button>
      <Modal
        opened={!look.isIdle}
        onClose={look.reset}
        title={t('verify.do')}
        closeButtonProps={{ 'aria-label': t('common:close') }}
      >
        {look.isPending && (
          <>
            <Text>{t('verify.pending')}</Text>
            <Waiting rows={2} />
          </>
        )}
        {look.isError && <ProblemView error={look.error} onRetry={() => look.mutate()} />}
        {look.isSuccess && (
          <Alert
            role="status"
            color={look.data.isWhole ? 'teal' : 'red'}
            title={t(look.data.isWhole ? 'verify.whole' : 'verify.broken', {
              count: look.data.found,
            })}
          >
            <Text size="sm">{t('verify.counts', look.data.counts)}</Text>
            <List size="sm">
              {look.data.findings.map(({ kind, detail }) => (
                <List.Item key={`${kind} ${detail}`}>
                  {kind}: {detail}
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
      </Modal>
    </>
  )
}
