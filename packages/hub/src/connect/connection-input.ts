import {
  type Axis,
  axisStates,
  boundedText,
  channels,
  connectionId,
  instant,
  systemRoles,
} from '@backhaul/sdk/canonical'
import type { Connector } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { type FieldProblem, HubError } from '../platform/errors.ts'
import { internalSources } from '../store/connections.ts'
import type { Config } from './connection-secrets.ts'
import { retrySettings } from './retry-schedule.ts'
import { subscriptionPattern } from './subscriptions.ts'

const title = boundedText(200)
const roles = z.array(z.enum(systemRoles)).min(1).max(systemRoles.length)
const config = z
  .record(z.string(), z.unknown())
  .describe('By the schema of the connector. A secret is shown as ******** afterwards.')
const subscriptions = z.array(subscriptionPattern).max(100)

/** A connection that is to be made. */
export const newConnection = z.strictObject({
  connectionId: connectionId.refine((id) => !isInternal(id), 'stands for the hub itself'),
  connector: z.string().max(63).describe('Key of the connector.'),
  title,
  roles,
  config,
  subscriptions: subscriptions.default([]),
  retry: retrySettings.optional(),
})
export type NewConnection = z.input<typeof newConnection>

/** What is to be changed about a connection. `config` replaces the whole of it. */
export const connectionUpdate = z.strictObject({
  title: title.optional(),
  roles: roles.optional(),
  config: config.optional(),
  subscriptions: subscriptions.optional(),
  retry: retrySettings.nullable().optional().describe('null puts it back to the default.'),
})
export type ConnectionUpdate = z.input<typeof connectionUpdate>

const moment = instant
  .nullable()
  .default(null)
  .transform((text) => (text === null ? null : new Date(text)))

/** Where a route or an authority holds. What is left out makes no difference. */
const where = {
  company: boundedText(64).nullable().default(null),
  warehouse: boundedText(64).nullable().default(null),
  channel: z.enum(channels).nullable().default(null),
  validFrom: moment,
}
const validTo = moment.describe('The first moment at which it no longer holds.')
const inOrder = ({ validFrom, validTo: end }: { validFrom: Date | null; validTo: Date | null }) =>
  validFrom === null || end === null || validFrom < end
const disorder = { message: 'ends before it begins', path: ['validTo'] }

export const routeName = z.strictObject({ role: z.enum(systemRoles), ...where })
export type RouteName = z.input<typeof routeName>

export const newRoute = routeName.extend({ connectionId, validTo }).refine(inOrder, disorder)
export type NewRoute = z.input<typeof newRoute>

export const newAuthority = z
  .strictObject({
    ...where,
    validTo,
    axis: z.enum(Object.keys(axisStates) as [Axis, ...Axis[]]),
    roles: z
      .array(z.enum(systemRoles))
      .max(systemRoles.length)
      .describe('Who owns the axis. None puts it back to the default.'),
  })
  .refine(inOrder, disorder)
export type NewAuthority = z.input<typeof newAuthority>

function isInternal(id: string): boolean {
  const internal: readonly string[] = internalSources
  return internal.includes(id)
}

/** @throws {HubError} VALIDATION_FAILED naming every field that is wrong. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw invalid(toProblems(parsed.error, []))
}

/** @throws {HubError} VALIDATION_FAILED. */
export function refuseUnplayable(given: readonly string[], connector: Connector): void {
  const playable: readonly string[] = connector.roles
  const problems = given.flatMap((role, index) =>
    playable.includes(role)
      ? []
      : [
          {
            pointer: `/roles/${index}`,
            code: 'role_not_played',
            message: `${connector.title} plays ${playable.join(', ')}`,
          },
        ],
  )
  if (problems.length > 0) throw invalid(problems)
}

/**
 * Checks a configuration with its secrets in the clear.
 *
 * @returns what the connector's schema made of it.
 * @throws {HubError} VALIDATION_FAILED, also for a field that the connector does not know: it would be kept
 *   and shown as it is, and a secret under a misspelled name with it.
 */
export function checkConfig(given: Config, connector: Connector): unknown {
  const parsed = connector.config.safeParse(given)
  if (!parsed.success) throw invalid(toProblems(parsed.error, ['config']))
  const problems = unknownFields(given, parsed.data, ['config'])
  if (hasNul(given)) {
    problems.push({ pointer: '/config', code: 'invalid', message: 'must not contain NUL' })
  }
  if (problems.length > 0) throw invalid(problems)
  return parsed.data
}

export function invalid(problems: readonly FieldProblem[]): HubError {
  const fields = problems.map(({ pointer }) => pointer || 'the whole').join(', ')
  return new HubError('VALIDATION_FAILED', `Not acceptable: ${fields}.`, { problems })
}

function toProblems(error: z.ZodError, prefix: readonly string[]): FieldProblem[] {
  return error.issues.slice(0, 50).map(({ code, path, message }) => ({
    pointer: toPointer([...prefix, ...path.map(String)]),
    code,
    message,
  }))
}

/** Fields of plain objects that are not in what was made of them. */
function unknownFields(given: unknown, parsed: unknown, path: readonly string[]): FieldProblem[] {
  if (!isObject(given) || !isObject(parsed)) return []
  return Object.entries(given).flatMap(([key, value]) => {
    const below = [...path, key]
    if (Object.hasOwn(parsed, key)) return unknownFields(value, parsed[key], below)
    const pointer = toPointer(below)
    return [{ pointer, code: 'unrecognized_keys', message: 'the connector has no such field' }]
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** PostgreSQL keeps no U+0000 in a JSON document. */
function hasNul(value: Config): boolean {
  return JSON.stringify(value).includes('\\u0000')
}

function toPointer(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
