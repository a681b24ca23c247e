import { Badge, Code, Group, List, Text, UnstyledButton } from '@mantine/core'
import {
  IconAlertTriangle,
  IconChevronDown,
  IconChevronRight,
  IconClockExclamation,
} from '@tabler/icons-react'
import { useEffect, useId, useRef } from 'react'
import { CopyButton } from '../../views/copy-button.tsx'
import { TimeText } from '../../views/time-text.tsx'
import type { Entry } from './case-api.ts'
import { DeliveryLine } from './delivery-line.tsx'
import {
  cameLate,
  cameOutOfOrder,
  entryText,
  exceptionText,
  hasFailed,
  noteOf,
} from './entry-text.ts'
import type { CaseSearch } from './route.ts'
import { useCaseTexts } from './texts.ts'

/** One thing that happened: who, what and when; opened, what it moved, by which rules, and what it made the hub send. */
export function TimelineEntry({
  entry,
  asked,
  search,
  change,
}: {
  readonly entry: Entry
  readonly asked: string
  readonly search: CaseSearch
  readonly change: (next: Partial<CaseSearch>) => void
}) {
  const texts = useCaseTexts()
  const { word } = texts
  const id = useId()
  const head = useRef<HTMLButtonElement>(null)
  const isPicked = search.entry === entry.seq
  const isOpen = isPicked || search.view === 'full'
  const { title, about } = entryText(entry, texts)
  const Arrow = isOpen ? IconChevronDown : IconChevronRight
  useEffect(() => {
    if (isPicked && document.activeElement !== head.current) {
      head.current?.scrollIntoView({ block: 'nearest' })
    }
  }, [isPicked])
  return (
    <article className="case-entry" data-outcome={entry.effect.outcome}>
      <UnstyledButton
        ref={head}
        className="case-entry-head"
        aria-expanded={isOpen}
        {...(isOpen ? { 'aria-controls': id } : {})}
        onClick={() => change({ entry: isPicked ? undefined : entry.seq })}
      >
        <Arrow size={16} aria-hidden className="no-print" />
        <Badge variant="light" color="gray" size="sm" className="case-badge">
          {word('source', entry.source)}
        </Badge>
        <span>
          <Text component="span" fw={600} size="sm">
            {title}
          </Text>{' '}
          <Text component="span" size="sm">
            {about}
          </Text>
        </span>
        <Marks entry={entry} />
      </UnstyledButton>
      <div className="case-entry-when">
        <TimeText at={entry.occurredAt} as="short" />
      </div>
      {noteOf(entry) !== '' && (
        <Text size="sm" className="case-note" {...(isOpen ? {} : { lineClamp: 2 })}>
          {noteOf(entry)}
        </Text>
      )}
      {isOpen && (
        <div id={id} className="case-entry-body">
          <Details entry={entry} asked={asked} />
        </div>
      )}
    </article>
  )
}

/** What is odd about an entry, in a word each. */
function Marks({ entry }: { readonly entry: Entry }) {
  const { say } = useCaseTexts()
  return (
    <>
      {hasFailed(entry) && (
        <Badge
          size="sm"
          color="red"
          variant="light"
          className="case-badge"
          leftSection={<IconAlertTriangle size={12} aria-hidden />}
        >
          {say(entry.effect.outcome === 'refused' ? 'entry.refused' : 'entry.trouble')}
        </Badge>
      )}
      {entry.effect.outcome === 'repeated' && (
        <Badge size="sm" color="gray" variant="outline" className="case-badge">
          {say('entry.repeated')}
        </Badge>
      )}
      {(cameOutOfOrder(entry) || cameLate(entry)) && (
        <Badge
          size="sm"
          color="yellow"
          variant="light"
          className="case-badge"
          leftSection={<IconClockExclamation size={12} aria-hidden />}
        >
          {say(cameOutOfOrder(entry) ? 'entry.outOfOrder' : 'entry.late')}
        </Badge>
      )}
    </>
  )
}

function Details({ entry, asked }: { readonly entry: Entry; readonly asked: string }) {
  const { say, word } = useCaseTexts()
  const { effect, ruleSet, mapping, traceId } = entry
  return (
    <>
      <Text size="sm" c="dimmed">
        {say('entry.actor', { actor: entry.actor })} · {say('entry.there')}{' '}
        <TimeText at={entry.occurredAt} as="exact" /> · {say('entry.here')}{' '}
        <TimeText at={entry.recordedAt} as="exact" />
      </Text>
      {effect.reason !== undefined && <Text size="sm">{effect.reason}</Text>}
      <List size="sm">
        {effect.moves?.map(({ lineNo, axis = '', from = '', to = '' }) => (
          <List.Item key={`${lineNo} ${axis} ${to}`}>
            {lineNo ? `${say('entry.line', { lineNo })} ` : ''}
            {word('axis', axis)}: {word('state', from)} → {word('state', to)}
          </List.Item>
        ))}
        {effect.raised?.map((key) => (
          <List.Item key={`raised ${key}`}>
            {say('entry.raised')} {exceptionText(key, word)}
          </List.Item>
        ))}
        {effect.cleared?.map((key) => (
          <List.Item key={`cleared ${key}`}>
            {say('entry.cleared')} {exceptionText(key, word)}
          </List.Item>
        ))}
      </List>
      {entry.deliveries.length > 0 && (
        <>
          <Text size="sm" fw={600}>
            {say('entry.caused')}
          </Text>
          {entry.deliveries.map((delivery) => (
            <DeliveryLine key={delivery.id} delivery={delivery} asked={asked} isNamed />
          ))}
        </>
      )}
      <Group gap="xs" wrap="wrap">
        {ruleSet !== null && (
          <Text size="xs" c="dimmed">
            {say('entry.rules', { name: ruleSet.name, version: ruleSet.version })}
          </Text>
        )}
        {mapping !== null && (
          <Text size="xs" c="dimmed">
            {say('entry.mapping', { name: mapping.name, version: mapping.version })}
          </Text>
        )}
        {traceId !== null && (
          <CopyButton value={traceId} what={say('entry.trace')}>
            {say('entry.trace')} {traceId.slice(0, 8)}
          </CopyButton>
        )}
        <CopyButton value={entry.messageId} what={say('entry.message')}>
          {say('entry.message')} {entry.messageId.slice(-8)}
        </CopyButton>
      </Group>
      <details className="no-print">
        <summary>{say('entry.data')}</summary>
        <Code block tabIndex={0} className="case-json">
          {JSON.stringify(entry.data, null, 2)}
        </Code>
      </details>
    </>
  )
}
