import type { CommandType } from '@backhaul/sdk/canonical'
import {
  type CompiledMapping,
  compileMapping,
  type InboundMapping,
  type OutboundMapping,
} from '../mapping/document/compile-mapping.ts'
import { parseMapping } from '../mapping/document/parse-mapping.ts'
import { mapCommand } from '../mapping/map-command.ts'
import { mapMessage } from '../mapping/map-message.ts'
import { type CommandMapping, type Mapper, noDocuments } from '../mapping/mapper.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'
import type { Glossary } from './glossary.ts'
import { templatesIn } from './templates.ts'

type ActiveDocument = NonNullable<ReturnType<Glossary['activeDocument']>>

/**
 * Reads and writes by the mapping documents in force: `<connection>/<topic>` for what comes in,
 * `<connection>/<command>` for what goes out. Each is compiled when it is first asked for.
 */
export function createMapper({
  glossary,
  clock,
  log,
}: {
  readonly glossary: Glossary
  readonly clock: Clock
  readonly log: Logger
}): Mapper {
  const compiled = new WeakMap<ActiveDocument, CompiledMapping | null>()

  function find(name: string): CompiledMapping | null {
    const active = glossary.activeDocument('mapping', name)
    if (active === undefined) return null
    const known = compiled.get(active)
    if (known !== undefined) return known
    const mapping = compile(active.content)
    if (mapping === null) log.error({ document: name }, 'an active mapping document is broken')
    compiled.set(active, mapping)
    return mapping
  }
  const inbound = (name: string): InboundMapping | null => {
    const mapping = find(name)
    return mapping?.direction === 'inbound' ? mapping : null
  }
  const outbound = (name: string): OutboundMapping | null => {
    const mapping = find(name)
    return mapping?.direction === 'outbound' ? mapping : null
  }

  return {
    read(foreign) {
      const { connectionId, topic, messageId: id, isRecord, body: bytes } = foreign
      const mapping = inbound(`${connectionId}/${topic}`)
      if (mapping === null) return noDocuments.read(foreign)
      const receivedAt = foreign.receivedAt.toISOString()
      const message = { id, topic, connectionId, receivedAt }
      return mapMessage(mapping, { message, bytes, isRecord, words: glossary })
    },
    speaks: (connectionId, type: CommandType) => outbound(`${connectionId}/${type}`) !== null,
    write(connectionId, command) {
      const mapping = outbound(`${connectionId}/${command.type}`)
      if (mapping === null) return noDocuments.write(connectionId, command)
      const now = clock.now().toISOString()
      return written(mapCommand(mapping, { command, connectionId, words: glossary, now }))
    },
    template: templatesIn((name) => glossary.activeDocument('template', name)),
  }
}

/** It was checked before it became active; a later version of the hub may see it with other eyes. */
function compile(content: string): CompiledMapping | null {
  const parsed = parseMapping(content)
  if (!parsed.ok) return null
  const made = compileMapping(parsed.document)
  return made.ok ? made.mapping : null
}

function written(result: ReturnType<typeof mapCommand>): CommandMapping {
  if (result.ok) {
    return { ok: true, request: { ...result.request, externalIdOf: result.answer } }
  }
  const [first] = result.problems
  const [word] = result.unmapped
  const reason = word
    ? `nobody has said what ${word.vocabulary} ${word.value} is there`
    : `${first?.pointer ?? ''} ${first?.message ?? 'the document makes no request of it'}`.trim()
  return { ok: false, code: result.code === 'NO_MAPPING' ? 'IT03' : result.code, reason }
}
