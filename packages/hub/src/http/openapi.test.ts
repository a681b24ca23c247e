import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { userRoles } from '@backhaul/sdk/canonical'
import { actions, isAction, mayDo } from './access/rights.ts'
import { makeOpenapiDocument } from './document.ts'

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly security: readonly unknown[]
  readonly responses: Readonly<Record<string, { readonly description: string }>>
  readonly 'x-right'?: string
  readonly 'x-roles'?: readonly string[]
}

describe('the OpenAPI document', () => {
  let text = ''
  let operations: [string, Operation][] = []
  let schemas: Readonly<Record<string, unknown>> = {}

  before(async () => {
    const document = (await makeOpenapiDocument('1.2.3')) as {
      paths: Record<string, Record<string, Operation>>
      components: { schemas: Record<string, unknown> }
    }
    text = JSON.stringify(document)
    schemas = document.components.schemas
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]): [string, Operation] => [
        `${method} ${path}`,
        one,
      ]),
    )
  })

  test('refers to nothing that is not in it, and holds nothing that nobody refers to', () => {
    const referred = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name ?? '',
    )
    assert.deepEqual([...new Set(referred)].toSorted(), Object.keys(schemas).toSorted())
  })

  test('names every operation once, and says what each is for and how it may end', () => {
    assert.equal(
      new Set(operations.map(([, { operationId }]) => operationId)).size,
      operations.length,
    )
    for (const [name, { summary, responses }] of operations) {
      assert.ok(summary, name)
      for (const { description } of Object.values(responses)) assert.ok(description, name)
    }
  })

  test('says of every operation that needs a key who may use it, as the table of rights does', () => {
    for (const [name, operation] of operations) {
      const right = operation['x-right']
      if (operation.security.length === 0) {
        assert.equal(right, undefined, name)
        continue
      }
      assert.ok(right !== undefined && isAction(right), name)
      assert.deepEqual(
        operation['x-roles'],
        userRoles.filter((role) => mayDo(role, right)),
      )
    }
  })

  test('lets whoever asks see health, version and problem types, sign in, and send webhooks, and nothing else', () => {
    const open = operations
      .filter(([, { security }]) => security.length === 0)
      .map(([name]) => name)
    assert.deepEqual(open.toSorted(), [
      'get /api/v1/session/options',
      'get /auth/oidc/callback',
      'get /auth/oidc/start',
      'get /livez',
      'get /oauth/callback',
      'get /problems/{code}',
      'get /readyz',
      'get /version',
      'post /api/v1/session',
      'post /webhooks/{connectionId}/{topic}',
      'post /webhooks/{connectionId}/{topic}/{addressSecret}',
    ])
  })

  test('has an operation for every right but those about fields and what others share', () => {
    const rights = new Set(operations.map(([, operation]) => operation['x-right']))
    const unused = actions.filter((action) => !rights.has(action))
    assert.deepEqual(unused, ['views.manage', 'policy_inputs.read'])
  })
})
