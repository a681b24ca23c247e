import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type UserRole, userRoles } from '@backhaul/sdk/canonical'
import { type Action, mayDo } from '../../src/http/access/rights.ts'
import { createApiKey, revokeApiKey } from '../../src/pipeline/api-keys.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { generateApiKey } from '../../src/platform/crypto/api-key.ts'
import { newId } from '../../src/platform/ids.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

interface Operation {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly right: Action | null
}

/** Values for path parameters that lead to nothing. */
const nowhere: Readonly<Record<string, string>> = {
  id: newId(),
  value: 'nothing',
  claimId: 'none',
  verdict: 'accepted',
  role: 'crm',
  axis: 'receipt',
  code: 'none',
  connectionId: 'none',
  topic: 'none',
  addressSecret: 'none',
  vocabulary: 'reason',
}

async function readOperations(hub: TestHub): Promise<Operation[]> {
  const { json } = await hub.request('GET', '/openapi.json', { as: null })
  const paths = json as { paths: Record<string, Record<string, Record<string, string>>> }
  return Object.entries(paths.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: operation['operationId'] ?? '',
      method: method.toUpperCase(),
      path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => nowhere[name] ?? ''),
      right: (operation['x-right'] ?? null) as Action | null,
    })),
  )
}

describe('who may use the API', () => {
  let hub: TestHub
  let operations: Operation[]
  before(async () => {
    hub = await startTestHub()
    operations = await readOperations(hub)
  })
  after(() => hub.close())

  async function call(
    { method, path }: Operation,
    headers: Record<string, string>,
  ): Promise<Response> {
    const takesBody = method !== 'GET' && method !== 'DELETE'
    const body = takesBody ? { body: JSON.stringify({}) } : {}
    const type: Record<string, string> = takesBody ? { 'content-type': 'application/json' } : {}
    const answer = await fetch(`${hub.url}${path}`, {
      method,
      headers: { ...headers, ...type },
      ...body,
    })
    // Not read to its end: one of them has none.
    await answer.body?.cancel()
    return answer
  }

  async function refusedTo(headers: Record<string, string>): Promise<string[]> {
    const answers = await Promise.all(
      operations.map(async (operation) => ({ operation, answer: await call(operation, headers) })),
    )
    for (const { answer, operation } of answers) {
      assert.ok(answer.status < 500, `${operation.name} answered ${answer.status}`)
    }
    return answers
      .filter(({ answer }) => answer.status === 401 || answer.status === 403)
      .map(({ operation, answer }) => `${answer.status} ${operation.name}`)
  }

  function guarded(status: number, isRefused: (right: Action) => boolean): string[] {
    return operations.flatMap(({ right, name }) =>
      right !== null && isRefused(right) ? `${status} ${name}` : [],
    )
  }

  for (const role of userRoles) {
    test(`the role ${role} is refused exactly what the table of rights does not give it`, async () => {
      const refused = await refusedTo({ authorization: `Bearer ${hub.keys[role]}` })
      assert.deepEqual(
        refused,
        guarded(403, (right) => !mayDo(role, right)),
      )
    })
  }

  // biome-ignore format: a table
  const expected: Partial<Record<UserRole, string[]>> = {
    warehouse: ['listViews', 'createView', 'changeView', 'deleteView', 'listOwnSessions', 'endOtherSessions', 'planOperation', 'startOperation', 'cancelOperation', 'listOperations', 'getOperation', 'listOperationItems', 'exportOperationItems', 'exportReturns', 'countReturns', 'listExceptionGroups', 'acknowledgeException', 'snoozeException', 'acknowledgeExceptionGroup', 'snoozeExceptionGroup', 'getOverview', 'watchChanges', 'getSession', 'signOut', 'changeOwnPassword', 'getSelf', 'listReturns', 'getReturn', 'getTimeline', 'downloadTimeline', 'listReturnSystems', 'refreshReturnSystem', 'linkIdentifier', 'assignReturn', 'listDecisions', 'resolveIdentifier', 'addNote', 'reopenReturn', 'judgeClaim', 'postEvents', 'listExceptions', 'getException', 'assignException', 'resolveException', 'reopenException', 'getMasterDataStatus', 'listMasterDataIssues', 'listProducts', 'getProduct'],
    machine: ['exportReturns', 'countReturns', 'getOverview', 'watchChanges', 'getSelf', 'listReturns', 'requestReturn', 'askEligibility', 'getReturn', 'getTimeline', 'downloadTimeline', 'listReturnSystems', 'listDecisions', 'resolveIdentifier', 'postEvents', 'postFile', 'getMetrics', 'pushProducts', 'pushParties', 'pushWarehouses', 'pushVendors'],
    auditor: ['listViews', 'createView', 'changeView', 'deleteView', 'listOwnSessions', 'endOtherSessions', 'planOperation', 'startOperation', 'cancelOperation', 'listOperations', 'getOperation', 'listOperationItems', 'exportOperationItems', 'exportReturns', 'countReturns', 'listExceptionGroups', 'getOverview', 'getSystem', 'listUsers', 'getUser', 'listUserSessions', 'listRoles', 'exportAudit', 'verifyAudit', 'watchChanges', 'getConnectionHealth', 'listConnectionHealth', 'getSession', 'signOut', 'changeOwnPassword', 'getSelf', 'getStatus', 'getMetrics', 'listReturns', 'getReturn', 'getTimeline', 'downloadTimeline', 'listReturnSystems', 'listDecisions', 'resolveIdentifier', 'listMessages', 'getMessage', 'revealMessage', 'listDeliveries', 'listDeadLetters', 'getDelivery', 'listExceptions', 'getException', 'listConnections', 'getConnection', 'listPolls', 'listConnectors', 'listRoutes', 'listAuthority', 'listApiKeys', 'listAudit', 'listDocuments', 'getDocument', 'listDocumentVersions', 'diffDocument', 'listVocabularies', 'listVocabularyEntries', 'exportVocabulary', 'listVocabularyChanges', 'listUnmapped', 'previewNotification', 'getMasterDataStatus', 'listMasterDataIssues', 'listProducts', 'getProduct'],
  }
  for (const [role, names] of Object.entries(expected) as [UserRole, string[]][]) {
    test(`the role ${role} may use what it is known to need, and no operation that was added since`, () => {
      const allowed = operations.filter(({ right }) => right !== null && mayDo(role, right))
      assert.deepEqual(allowed.map(({ name }) => name).toSorted(), names.toSorted())
    })
  }

  test('nobody gets in without a key, or with one that is garbage, unknown, altered or doubled', async () => {
    const { admin } = hub.keys
    const altered = `${admin.slice(0, -1)}${admin.endsWith('A') ? 'B' : 'A'}`
    const attempts = [
      {},
      { authorization: 'Bearer nonsense' },
      { authorization: `Bearer ${generateApiKey().key}` },
      { authorization: `Bearer ${altered}` },
      { authorization: `Bearer ${admin}`, 'x-api-key': admin },
    ]
    for (const headers of attempts) {
      assert.deepEqual(
        await refusedTo(headers),
        guarded(401, () => true),
      )
    }
  })

  test('nobody gets in with a key that has expired', async () => {
    const { apiKey, key } = await makeKey(hub)
    await hub.pool.query(
      `update api_key set expires_at = now() - interval '1 second' where key_id = $1`,
      [apiKey.keyId],
    )
    assert.deepEqual(
      await refusedTo({ authorization: `Bearer ${key}` }),
      guarded(401, () => true),
    )
  })

  test('nobody gets in with a key that was revoked', async () => {
    const { apiKey, key } = await makeKey(hub)
    await revokeApiKey({ ...hub, clock: systemClock }, apiKey, { actor: 'test' })
    assert.deepEqual(
      await refusedTo({ authorization: `Bearer ${key}` }),
      guarded(401, () => true),
    )
  })

  test('a refusal says how to get in, and not what was wrong with the key', async () => {
    const { status, headers, json } = await hub.request('GET', '/api/v1/returns', { as: null })
    assert.equal(status, 401)
    assert.equal(headers.get('www-authenticate'), 'Bearer realm="backhaul"')
    assert.equal(json['code'], 'UNAUTHENTICATED')
  })

  test('an answer that is refused holds nothing but the problem', async () => {
    const { json } = await hub.request('GET', '/api/v1/api-keys', { as: 'agent' })
    assert.deepEqual(Object.keys(json).toSorted(), [
      'code',
      'detail',
      'instance',
      'retryable',
      'status',
      'title',
      'traceId',
      'type',
    ])
  })
})

function makeKey(hub: TestHub) {
  const deps = { ...hub, clock: systemClock }
  return createApiKey(deps, { name: 'short-lived', role: 'admin' }, { actor: 'test' })
}
