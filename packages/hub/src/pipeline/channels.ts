import { boundedText, type ConnectionId, systemRoles } from '@backhaul/sdk/canonical'
import { parse } from 'yaml'
import { z } from 'zod'
import { HubError } from '../platform/errors.ts'
import type { ConfigFile } from './config-files.ts'

const role = z.enum(systemRoles)
const sentence = boundedText(1000)

const channelDocument = z.strictObject({
  name: boundedText(100).describe(
    'The topic of an inbound document, the command of an outbound one.',
  ),
  direction: z.enum(['inbound', 'outbound']),
  by: z
    .enum(['file', 'webhook', 'poll'])
    .optional()
    .describe('How what an inbound document reads comes.'),
  needs: role
    .optional()
    .describe('It is of use only where the connection plays this role as well.'),
  what: sentence,
})

/** What `channel.yaml` says of a channel that is documents only. */
const channelManifest = z.strictObject({
  channel: z.literal(1),
  key: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens'),
  title: boundedText(200),
  about: sentence,
  connector: z.string().max(63).describe('Key of the connector that sends and receives for it.'),
  roles: z.array(role).min(1),
  mayPlay: z.partialRecord(role, sentence).default({}).describe('Further roles, and what for.'),
  config: z
    .record(z.string(), sentence)
    .describe('Fields of the configuration of the connector, and what goes into them.'),
  documents: z.array(channelDocument).min(1),
})
export type ChannelManifest = z.output<typeof channelManifest>

/** A channel as its folder has it. */
export interface Channel {
  readonly manifest: ChannelManifest
  /** Its documents and tables of words, by their paths in its folder. */
  readonly files: readonly ConfigFile[]
}

/** @throws {HubError} VALIDATION_FAILED naming what is wrong with it. */
export function readManifest(text: string): ChannelManifest {
  const parsed = channelManifest.safeParse(parseYaml(text))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(''),
    code: 'invalid',
    message,
  }))
  throw new HubError('VALIDATION_FAILED', 'The channel.yaml is not of the form it has to have.', {
    problems,
  })
}

function parseYaml(text: string): unknown {
  try {
    return parse(text)
  } catch (cause) {
    throw new HubError('VALIDATION_FAILED', 'The channel.yaml is no YAML.', { cause })
  }
}

/**
 * A channel's files as the set-up of one connection, as `planConfig` takes them: its documents under the
 * connection's name, and its words of that connection alone.
 */
export function filesFor(
  { files }: Pick<Channel, 'files'>,
  connectionId: ConnectionId | string,
): ConfigFile[] {
  return files.flatMap(({ path, text }) => {
    const [, mapping] = /^mappings\/([^/]+)\.yaml$/.exec(path) ?? []
    if (mapping !== undefined) return [{ path: `mappings/${connectionId}/${mapping}.yaml`, text }]
    const [, words] = /^vocabularies\/([^/.]+)\.csv$/.exec(path) ?? []
    return words === undefined ? [] : [{ path: `vocabularies/${words}.${connectionId}.csv`, text }]
  })
}
