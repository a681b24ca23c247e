import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '../../session/session.tsx'
import {
  listRecorded,
  type RecordedMessage,
  readBody,
  type Sample,
  type Trial,
  tryMapping,
} from './mappings-api.ts'
import { unsaved } from './unsaved.ts'

/** The place of `message` in the address for a text of one's own instead of a recorded message. */
export const ownSample = 'own'

/** So long after the last key is what is written tried. */
const afterMs = 300

/** What stands in the three panes, and what one makes of the other. */
export interface Bench {
  readonly name: string
  readonly content: string
  readonly isChanged: boolean
  readonly onContent: (content: string) => void
  readonly recorded: readonly RecordedMessage[]
  /** The id of a recorded message, or `own`; empty where nothing was recorded. */
  readonly chosen: string
  readonly sampleText: UseQueryResult<string | null>
  readonly ownText: string
  readonly onOwnText: (text: string) => void
  readonly hasSample: boolean
  readonly trial: UseQueryResult<Trial>
  /** Forgets what was written: it is saved now, or given up. */
  readonly forget: () => void
}

/**
 * @param saved - the text that what is written is a change of.
 * @param storeKey - under which what is written is kept meanwhile.
 * @param message - what the address asks for as the sample; the newest recorded message where it does not.
 */
export function useBench({
  name,
  saved,
  storeKey,
  message,
}: {
  readonly name: string
  readonly saved: string
  readonly storeKey: string
  readonly message: string | undefined
}): Bench {
  const { can } = useSession()
  const [content, setContent] = useState(() => unsaved.of(storeKey) ?? saved)
  const [ownText, setOwnText] = useState('')
  const recorded = useQuery({
    queryKey: ['mappings', 'recorded', name],
    queryFn: ({ signal }) => listRecorded(name, signal),
    enabled: can('messages.read'),
  })
  const chosen = message ?? recorded.data?.[0]?.id ?? ''
  const isOwn = chosen === ownSample || chosen === ''
  const sampleText = useQuery({
    queryKey: ['mappings', 'sample', chosen],
    queryFn: ({ signal }) => readBody(chosen, signal),
    enabled: !isOwn,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const sample = sampleOf(isOwn, { chosen, ownText })
  const [asked] = useDebouncedValue({ content, ownText, chosen }, afterMs)
  const trial = useQuery({
    queryKey: ['mappings', 'trial', name, asked, sample],
    queryFn: ({ signal }) => tryMapping({ name, content: asked.content, sample }, signal),
    enabled: can('documents.manage'),
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  })
  function onContent(next: string): void {
    setContent(next)
    if (next === saved) unsaved.drop(storeKey)
    else unsaved.keep(storeKey, next)
  }
  return {
    name,
    content,
    isChanged: content !== saved,
    onContent,
    recorded: recorded.data ?? [],
    chosen,
    sampleText,
    ownText,
    onOwnText: setOwnText,
    hasSample: sample !== null,
    trial,
    forget: () => unsaved.drop(storeKey),
  }
}

function sampleOf(
  isOwn: boolean,
  { chosen, ownText }: { readonly chosen: string; readonly ownText: string },
): Sample {
  if (!isOwn) return { messageId: chosen }
  return ownText === '' ? null : { text: ownText }
}
