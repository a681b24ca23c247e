import {
  type DocumentNode,
  execute,
  GraphQLError,
  getOperationAST,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import type { DoubleAnswer, DoubleRequest } from '../double/index.ts'
import { shopifyAdminSchema } from './admin-schema.ts'
import type { CostBucket } from './cost-bucket.ts'
import { mutationFields } from './mutation-fields.ts'
import { answerCost, maxQueryCost, mutationCost, queryCost } from './query-cost.ts'
import { queryFields } from './root-fields.ts'
import type { Shop } from './shop.ts'

interface Sent {
  readonly query?: unknown
  readonly variables?: unknown
}

/** `POST /admin/api/<version>/graphql.json`: a 200 for nearly everything, whether anything was done or not. */
export function makeAdminApi(
  shop: Shop,
  bucket: CostBucket,
): (request: DoubleRequest) => Promise<DoubleAnswer> {
  const schema = shopifyAdminSchema()
  const rootValue = { ...queryFields(shop), ...mutationFields(shop) }
  return async ({ json }) => {
    const { query, variables } = (json() ?? {}) as Sent
    if (typeof query !== 'string') return { status: 400, body: { errors: 'query is required' } }
    const given = (variables ?? {}) as Record<string, unknown>
    const document = parseOrNull(query)
    if (document === null) return failed(new GraphQLError('syntax error'))
    const problems = validate(schema, document, specifiedRules)
    if (problems.length > 0) return { status: 200, body: { errors: problems.map(toError) } }
    const cost = queryCost({ schema, document, variables: given })
    if (cost > maxQueryCost) return failed(tooCostly(cost))
    if (!bucket.take(cost)) return throttled(cost, bucket)
    const isMutation = getOperationAST(document)?.operation === OperationTypeNode.MUTATION
    const { data, errors = [] } = await execute({
      schema,
      document,
      rootValue,
      variableValues: given,
    })
    const told = errors.length === 0 ? {} : { errors: errors.map(toError) }
    const actual = Math.min(answerCost(data) + (isMutation ? mutationCost : 0), cost)
    bucket.giveBack(cost - actual)
    const extensions = { cost: { ...costOf(cost, bucket), actualQueryCost: actual } }
    return { status: 200, body: { data: data ?? null, ...told, extensions } }
  }
}

function parseOrNull(query: string): DocumentNode | null {
  try {
    return parse(query)
  } catch {
    return null
  }
}

function toError({ message, path, extensions }: GraphQLError): object {
  return { message, ...(path ? { path } : {}), extensions }
}

function failed(error: GraphQLError): DoubleAnswer {
  return { status: 200, body: { errors: [toError(error)] } }
}

function tooCostly(cost: number): GraphQLError {
  const extensions = { code: 'MAX_COST_EXCEEDED', cost, maxCost: maxQueryCost }
  return new GraphQLError(`Query cost is ${cost}, which exceeds the single query max cost limit.`, {
    extensions,
  })
}

function costOf(cost: number, bucket: CostBucket): object {
  return { requestedQueryCost: cost, actualQueryCost: cost, throttleStatus: bucket.status() }
}

function throttled(cost: number, bucket: CostBucket): DoubleAnswer {
  const error = new GraphQLError('Throttled', { extensions: { code: 'THROTTLED' } })
  const extensions = { cost: { ...costOf(cost, bucket), actualQueryCost: null } }
  return { status: 200, body: { errors: [toError(error)], extensions } }
}
