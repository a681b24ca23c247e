import { Alert, Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconStethoscope } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { type Check, changeState, checkConnection, type Health } from './connections-api.ts'

/** What can be done to a connection: it is checked, stopped for a while, and let go on. */
export function ConnectionActions({ health }: { readonly health: Health }) {
  const { t } = useTranslation('connections')
  const [shown, show] = useState<'none' | 'pause' | 'check'>('none')
  const close = (): void => show('none')
  return (
    <>
      {health.canCheck && (
        <Allowed right="connections.manage">
          <Button
            variant="default"
            leftSection={<IconStethoscope size={16} aria-hidden />}
            onClick={() => show('check')}
          >
            {t('check.do')}
          </Button>
        </Allowed>
      )}
      {health.state === 'paused' ? (
        <Resume id={health.id} />
      ) : (
        <Allowed right="connections.manage">
          <Button
            variant="default"
            leftSection={<IconPlayerPause size={16} aria-hidden />}
            onClick={() => show('pause')}
          >
            {t('pause.do')}
          </Button>
        </Allowed>
      )}
      <Modal opened={shown === 'pause'} onClose={close} title={t('pause.title')}>
        <Pause id={health.id} onDone={close} />
      </Modal>
      <Modal opened={shown === 'check'} onClose={close} title={t('check.title')}>
        <CheckReport id={health.id} />
      </Modal>
    </>
  )
}

function useChangeState(id: string, verb: 'pause' | 'resume') {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (reason: string) => changeState(id, verb, reason),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['connections'] }),
  })
}

function Resume({ id }: { readonly id: string }) {
  const { t } = useTranslation('connections')
  const resume = useChangeState(id, 'resume')
  return (
    <>
      <Allowed right="connections.manage">
        <Button
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          loading={resume.isPending}
          onClick={() => resume.mutate('')}
        >
          {t('resume.do')}
        </Button>
      </Allowed>
      {resume.isError && <ProblemView error={resume.error} />}
    </>
  )
}

function Pause({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const { t } = useTranslation('connections')
  const [reason, setReason] = useState('')
  const pause = useChangeState(id, 'pause')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        pause.mutate(reason.trim(), { onSuccess: onDone })
      }}
    >
      <Stack>
        <Text size="sm">{t('pause.about')}</Text>
        <TextInput
          data-autofocus
          label={t('pause.reason')}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {pause.isError && <ProblemView error={pause.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={pause.isPending}>
            {t('pause.do')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function CheckReport({ id }: { readonly id: string }) {
  const { t } = useTranslation('connections')
  const queries = useQueryClient()
  const check = useMutation({
    mutationFn: () => checkConnection(id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['connections'] }),
  })
  return (
    <Stack>
      <Text size="sm">{t('check.about')}</Text>
      <Group>
        <Button data-autofocus loading={check.isPending} onClick={() => check.mutate()}>
          {t('check.run')}
        </Button>
      </Group>
      {check.isError && <ProblemView error={check.error} />}
      {check.data && <Report check={check.data} />}
    </Stack>
  )
}

function Report({ check }: { readonly check: Check }) {
  const { t } = useTranslation('connections')
  const { isFine, account, notes, code, reason, durationMs } = check
  return (
    <Alert
      role="status"
      color={isFine ? 'teal' : 'red'}
      title={isFine ? t('check.fine') : t('check.failed')}
    >
      <List size="sm">
        <List.Item>{t('check.took', { ms: durationMs })}</List.Item>
        {account !== null && <List.Item>{t('check.account', { account })}</List.Item>}
        {code !== null && <List.Item>{code}</List.Item>}
        {reason !== null && <List.Item>{reason}</List.Item>}
        {notes.map((note) => (
          <List.Item key={note}>{note}</List.Item>
        ))}
      </List>
    </Alert>
  )
}
