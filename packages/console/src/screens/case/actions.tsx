import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconDots, IconNote, IconPrinter } from '@tabler/icons-react'
import { useState } from 'react'
import { useShortcuts } from '../../keyboard/shortcuts.ts'
import { useSession } from '../../session/session.tsx'
import { Allowed } from '../../views/allowed.tsx'
import { ReasonDialog } from '../../views/reason-dialog.tsx'
import { type CaseView, caseAddress } from './case-api.ts'
import { customerAnswer } from './fact-text.ts'
import { LinkDialog } from './link-dialog.tsx'
import { useCaseTexts } from './texts.ts'
import { useAct } from './use-act.ts'

type Doing = 'note' | 'owner' | 'link' | 'cancel'

/** What one can do with the case as a whole. */
export function CaseActions({
  found,
  asked,
}: {
  readonly found: CaseView
  readonly asked: string
}) {
  const { say } = useCaseTexts()
  const { can } = useSession()
  const [doing, doNow] = useState<Doing | null>(null)
  const deed = useAct(asked)
  const at = caseAddress(asked)
  const end = () => doNow(null)
  const run = (what: Doing) => () => can('returns.work') && doNow(what)
  useShortcuts([
    { id: 'case.note', keys: 'n', label: say('note.title'), group: 'screen', run: run('note') },
    { id: 'case.owner', keys: 'a', label: say('owner.title'), group: 'screen', run: run('owner') },
  ])
  const send = async (path: string, body: unknown, method: 'POST' | 'PUT' = 'POST') => {
    await deed.mutateAsync({ path: `${at}/${path}`, body, method })
    end()
  }
  return (
    <div className="case-actions no-print">
      <Allowed right="returns.work">
        <Button
          size="sm"
          variant="default"
          leftSection={<IconNote size={16} aria-hidden />}
          onClick={() => doNow('note')}
        >
          {say('note.title')}
        </Button>
      </Allowed>
      <Button
        size="sm"
        variant="default"
        leftSection={<IconPrinter size={16} aria-hidden />}
        onClick={() => globalThis.print()}
      >
        {say('print')}
      </Button>
      <MoreMenu found={found} doNow={doNow} />
      <CaseDialogs doing={doing} found={found} end={end} send={send} />
    </div>
  )
}

function MoreMenu({
  found,
  doNow,
}: {
  readonly found: CaseView
  readonly doNow: (what: Doing) => void
}) {
  const texts = useCaseTexts()
  const { say } = texts
  const { can } = useSession()
  const address = caseAddress(found.caseNo)
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={say('more')}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={!can('returns.work')} onClick={() => doNow('owner')}>
          {say('owner.title')}
        </Menu.Item>
        <Menu.Item disabled={!can('returns.work')} onClick={() => doNow('link')}>
          {say('link.title')}
        </Menu.Item>
        <Menu.Item disabled={!can('returns.cancel')} onClick={() => doNow('cancel')}>
          {say('cancel.open')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => copy(customerAnswer(found, texts))}>
          {say('answer.copy')}
        </Menu.Item>
        <Menu.Item onClick={() => copy(`backhaul case show ${found.caseNo}`)}>
          {say('copyCli')}
        </Menu.Item>
        <Menu.Item
          onClick={() =>
            copy(
              `curl -H "Authorization: Bearer $BACKHAUL_KEY" ${globalThis.location.origin}${address}`,
            )
          }
        >
          {say('copyCurl')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function copy(text: string): void {
  void navigator.clipboard.writeText(text)
}

function CaseDialogs({
  doing,
  found,
  end,
  send,
}: {
  readonly doing: Doing | null
  readonly found: CaseView
  readonly end: () => void
  readonly send: (path: string, body: unknown, method?: 'POST' | 'PUT') => Promise<void>
}) {
  const { say } = useCaseTexts()
  return (
    <>
      <ReasonDialog
        isOpen={doing === 'note'}
        title={say('note.title')}
        label={say('note.label')}
        submit={say('note.submit')}
        minLength={1}
        onClose={end}
        onReason={(note) => send('notes', { note })}
      />
      <ReasonDialog
        key={found.owner?.owner}
        isOpen={doing === 'owner'}
        title={say('owner.title')}
        hint={say('owner.hint')}
        label={say('owner.label')}
        submit={say('owner.submit')}
        isShort
        minLength={0}
        initial={found.owner?.owner ?? ''}
        onClose={end}
        onReason={(owner) => send('owner', { owner: owner === '' ? null : owner }, 'PUT')}
      />
      <ReasonDialog
        isOpen={doing === 'cancel'}
        title={say('cancel.title', { caseNo: found.caseNo })}
        hint={say('cancel.hint')}
        submit={say('cancel.submit')}
        isDanger
        onClose={end}
        onReason={(reason) => send('cancel', { reason })}
      />
      <LinkDialog isOpen={doing === 'link'} onClose={end} onLink={(ref) => send('refs', ref)} />
    </>
  )
}
