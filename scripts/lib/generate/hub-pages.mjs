import { refusalCodes } from '../../../packages/hub/src/domain/decision.ts'
import { describeTransitions } from '../../../packages/hub/src/domain/index.ts'
import { actions, mayDo } from '../../../packages/hub/src/http/access/rights.ts'
import { axesOf } from '../../../packages/hub/src/pipeline/speaker.ts'
import { describeConfigFields } from '../../../packages/hub/src/platform/config/describe-config.ts'
import { errorCodes } from '../../../packages/hub/src/platform/errors.ts'
import { axes, axisLetters, userRoles } from '../../../packages/sdk/src/canonical/index.ts'
import { deliveryCodes } from '../../../packages/sdk/src/errors.ts'
import { code, codes, page, table } from './markdown.mjs'

export function statesPage() {
  const [title, ...rest] = describeTransitions().trim().split('\n\n')
  return page(title.replace(/^# /, ''), rest)
}

/** What each code of a delivery says; the sdk lists them, and the hub adds the last ones. */
const deliveryMeanings = {
  AUTH_REJECTED: 'The system did not accept the credential (401: tried again; 403: dead).',
  CONNECTION_LOST: 'The connection broke after the request was sent.',
  CONNECTOR_DEFECT:
    'The connector failed in a way that it does not explain; the log has the cause.',
  CONNECT_FAILED: 'No connection could be made, so nothing was sent.',
  ENDPOINT_GONE: 'The address wants nothing more (410): dead, and the connection is disabled.',
  RATE_LIMITED: 'The system, or the limit of the connection, asks for a pause.',
  REDIRECT_REFUSED: 'The system answered with a redirect, which is never followed.',
  REQUEST_REJECTED: 'The system refuses the command (another 4xx).',
  RESPONSE_MALFORMED: 'The answer is not what the system says that it answers.',
  RESPONSE_TOO_LARGE: 'The answer was larger than the hub reads.',
  TIMEOUT: 'No answer came in time.',
  UPSTREAM_UNAVAILABLE: 'The system has a problem of its own (5xx, 408, 425).',
}

const hubDeliveryMeanings = {
  COMMAND_NOT_SUPPORTED: 'The connector does not know the command any more.',
  NOT_TRIED: 'A process had it and gave it back untried.',
  READ_BACK_FAILED: 'Whether an earlier attempt had its effect could not be found out yet.',
  REQUEST_INVALID: 'The connector made a request that cannot be sent.',
  TARGET_NOT_ALLOWED: 'The address lies in a private network, and no administrator allowed it.',
}

const parkedMeanings = {
  NO_CASE:
    'Its identifiers lead to no case yet. It is tried again by itself, and at once when one of them is bound.',
  AMBIGUOUS_CASE: 'Its identifiers lead to more than one case.',
  IT03: 'It is no event that the hub can read; the detail names the field.',
  MESSAGE_ID_REUSED: 'A message with the same id and another body was taken in before.',
  PROCESSING_FAILED: 'The hub failed on it; the log has the cause.',
}

export function configurationPage() {
  return page('Configuration', [
    'The hub reads `backhaul.yaml` in the folder that it is started in, and then the environment, which wins. A variable whose name ends in `_FILE` names a file that holds the value.',
    ...describeConfigFields().flatMap((field) => [
      `## ${field.key}`,
      field.description,
      table(
        ['Type', 'Value', 'Default', 'Environment'],
        [
          [
            field.type,
            `${field.expected}${field.unit ? ` (${field.unit})` : ''}`,
            field.default,
            codes([...field.env, ...field.envFile]),
          ],
        ],
      ),
      ...(field.isSecret ? ['Secret: it is never shown.'] : []),
    ]),
  ])
}

export function errorsPage() {
  return page('Errors', [
    'Every code that the hub answers or stores. A program reads the code, never the text.',
    '## Answers of the API',
    'An error is `application/problem+json` (RFC 9457) with `code` beside its fields. *Again* says whether the same request, sent again unchanged, may succeed.',
    table(
      ['Code', 'Status', 'Meaning', 'Again'],
      Object.entries(errorCodes).map(([key, { status, title, retryable }]) => [
        code(key),
        status,
        title,
        retryable ? 'yes' : '',
      ]),
    ),
    '## Parked messages',
    'A message that could not be applied is kept with one of these until a person has dealt with it.',
    meaningTable(parkedMeanings),
    '## Deliveries',
    'Why an attempt did not succeed. A connector may add codes of its own.',
    meaningTable(
      Object.fromEntries([
        ...deliveryCodes.map((key) => [key, meaningOf(key)]),
        ...Object.entries(hubDeliveryMeanings),
      ]),
    ),
    '## Refused events',
    'An event that its case cannot take is kept in the history with one of these, and shown. It counts again when an event that belongs before it arrives late.',
    meaningTable(refusalCodes),
  ])
}

function meaningTable(meanings) {
  return table(
    ['Code', 'Meaning'],
    Object.entries(meanings).map(([key, text]) => [code(key), text]),
  )
}

function meaningOf(key) {
  const text = deliveryMeanings[key]
  if (text === undefined) throw new Error(`say what the delivery code ${key} means`)
  return text
}

export function rightsPage() {
  return page('Rights', [
    'What each role may do through the API and the console. An API key has one role; a key of the role `machine` can be bound to one connection, and then speaks for it alone.',
    '`customer.read` and `message_bodies.read` are about fields: who lacks them gets the rest without these.',
    table(
      ['Action', ...userRoles],
      actions.map((action) => [
        code(action),
        ...userRoles.map((role) => (mayDo(role, action) ? 'yes' : '')),
      ]),
    ),
    '## Axes',
    'The axes that a role may speak about; an event about another one is refused with 403. A key that is bound to a connection may say everything that its system may say: what is about an axis that the connection does not own is kept as a claim.',
    table(
      ['Axis', ...userRoles],
      axes.map((axis) => [
        axis,
        ...userRoles.map((role) => (axesOf(role).includes(axisLetters[axis]) ? 'yes' : '')),
      ]),
    ),
  ])
}
