import { z } from 'zod'
import { sourceFormat } from '../formats/source-format.ts'
import { targetFormat } from '../formats/target-format.ts'
import type {
  EventRule,
  InboundDocument,
  MappingDocument,
  OutboundDocument,
  SourceRule,
} from './mapping-document.ts'
import { readExamples } from './read-examples.ts'
import { readAs, readField, readObject, readOptional } from './read-field.ts'
import {
  child,
  childrenOf,
  itemsOf,
  type Part,
  plainOf,
  spotOf,
  TreeReader,
} from './tree-reader.ts'
import { type DocumentProblem, type MapTree, parseYamlTree } from './yaml-tree.ts'

export type ParsedMapping =
  | { readonly ok: true; readonly document: MappingDocument }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] }

const eventLimit = 50
const commonKeys = ['mapping', 'direction', 'description', 'constants', 'examples']
const inboundKeys = [...commonKeys, 'source', 'events']
const outboundKeys = [...commonKeys, 'request', 'target', 'body', 'answer']

/**
 * Reads a mapping document: YAML of at most 256 KiB. Says everything that is wrong with its shape at once;
 * whether its expressions and fields hold is for `compileMapping`. Never throws.
 */
export function parseMapping(text: string): ParsedMapping {
  const parsed = parseYamlTree(text)
  if (!parsed.ok) return parsed
  const reader = new TreeReader()
  const document = readDocument(reader, { tree: parsed.tree, path: '' })
  if (document === null || reader.problems.length > 0)
    return { ok: false, problems: reader.problems }
  return { ok: true, document }
}

function readDocument(reader: TreeReader, part: Part): MappingDocument | null {
  const whole = reader.map(part)
  if (!whole) return null
  const direction = child(whole, 'direction')
  const isOutbound = direction?.tree.kind === 'text' && direction.tree.value === 'outbound'
  reader.group(whole, isOutbound ? outboundKeys : inboundKeys)
  const version = child(whole, 'mapping')
  if (version) reader.schema(version, z.literal(1, 'must be 1, the version of this format'))
  else reader.problem(whole.tree.place, '', 'a mapping document begins with `mapping: 1`')
  if (direction) {
    reader.schema(direction, z.enum(['inbound', 'outbound'], 'must be inbound or outbound'))
  }
  return isOutbound ? readOutbound(reader, whole) : readInbound(reader, whole)
}

function readInbound(reader: TreeReader, whole: Part<MapTree>): InboundDocument | null {
  const source = child(whole, 'source')
  if (!source) reader.problem(whole.tree.place, 'source', 'is missing: how the payload is written')
  const rule = source && readSource(reader, source)
  const events = readEvents(reader, whole)
  return rule && { direction: 'inbound', ...readCommon(reader, whole), source: rule, events }
}

function readSource(reader: TreeReader, part: Part): SourceRule | null {
  const group = reader.map(part)
  if (!group) return null
  const ours = new Set(['records', 'groupBy', 'id'])
  const rest = new Map([...group.tree.entries].filter(([name]) => !ours.has(name)))
  const format = reader.schema(
    { tree: { ...group.tree, entries: rest }, path: part.path },
    sourceFormat,
  )
  const optional = (name: string) => readOptional(reader, group, name)
  const rules = { records: optional('records'), groupBy: optional('groupBy'), id: optional('id') }
  return format && { format, ...rules }
}

function readEvents(reader: TreeReader, whole: Part<MapTree>): readonly EventRule[] {
  const part = child(whole, 'events')
  if (!part) {
    reader.problem(whole.tree.place, 'events', 'is missing: what the payload means')
    return []
  }
  const list = reader.list(part)
  if (!list) return []
  const count = list.tree.items.length
  if (count === 0 || count > eventLimit) {
    reader.problem(part.tree.place, part.path, `needs 1 to ${eventLimit} events`)
    return []
  }
  return itemsOf(list).flatMap((item) => readEvent(reader, item) ?? [])
}

function readEvent(reader: TreeReader, part: Part): EventRule | null {
  const group = reader.group(part, ['type', 'when', 'id', 'time', 'each', 'as', 'data'])
  if (!group) return null
  const type = child(group, 'type')
  const data = child(group, 'data')
  if (!type) reader.problem(part.tree.place, part.path, 'needs a type, such as return.requested')
  const name = type && reader.text(type)
  const fields = data ? readObject(reader, data) : null
  const time = child(group, 'time')
  const optional = (key: string) => readOptional(reader, group, key)
  const rest = { when: optional('when'), id: optional('id'), each: optional('each') }
  if (!type || name === null) return null
  return {
    ...spotOf(part),
    type: name,
    typePlace: type.tree.place,
    ...rest,
    time: time && readField(reader, time),
    as: readAs(reader, group),
    data: fields ?? { kind: 'object', when: null, fields: [], ...spotOf(data ?? part) },
  }
}

function readOutbound(reader: TreeReader, whole: Part<MapTree>): OutboundDocument | null {
  const part = child(whole, 'request')
  if (!part) reader.problem(whole.tree.place, 'request', 'is missing: where the command goes')
  const group = part && reader.group(part, ['method', 'path', 'query', 'headers'])
  const method = group && readNeeded(reader, group, 'method')
  const path = group && readNeeded(reader, group, 'path')
  const query = group && child(group, 'query')
  const headers = group && child(group, 'headers')
  const body = child(whole, 'body')
  const targetPart = child(whole, 'target')
  const target = targetPart
    ? reader.schema(targetPart, targetFormat)
    : ({ format: 'json' } as const)
  const answer = readAnswer(reader, whole)
  if (!method || !path || !target) return null
  return {
    direction: 'outbound',
    ...readCommon(reader, whole),
    request: {
      method,
      path,
      query: query && readObject(reader, query),
      headers: headers && readObject(reader, headers),
    },
    target,
    body: body && readField(reader, body),
    answer,
  }
}

function readNeeded(reader: TreeReader, group: Part<MapTree>, name: string) {
  const part = child(group, name)
  if (part) return readField(reader, part)
  reader.problem(group.tree.place, `${group.path}.${name}`, 'is missing')
  return null
}

function readAnswer(reader: TreeReader, whole: Part<MapTree>): OutboundDocument['answer'] {
  const part = child(whole, 'answer')
  const group = part && reader.group(part, ['externalId'])
  const externalId = group && readOptional(reader, group, 'externalId')
  return externalId && { externalId }
}

function readCommon(reader: TreeReader, whole: Part<MapTree>) {
  const description = child(whole, 'description')
  const constants = child(whole, 'constants')
  const group = constants && reader.map(constants)
  return {
    description: description && reader.text(description),
    constants: Object.fromEntries(
      group ? childrenOf(group).map(({ name, part }) => [name, plainOf(part.tree)]) : [],
    ),
    constantsSpot: spotOf(constants ?? whole),
    examples: readExamples(reader, whole),
  }
}
