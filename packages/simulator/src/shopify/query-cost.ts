import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql'

/** What a single query may cost (shopify.dev, "GraphQL Admin API rate limits"). */
export const maxQueryCost = 1_000
export const mutationCost = 10

interface Reading {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * About what Shopify would ask for a query: 1 for each object, as often as a connection's `first`, 10 for a mutation.
 * The real sums are lower in places and are nowhere written down in full.
 */
export function queryCost(reading: Reading): number {
  return reading.document.definitions.reduce((sum, definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return sum
    const isMutation = definition.operation === OperationTypeNode.MUTATION
    const { schema } = reading
    const root = isMutation ? schema.getMutationType() : schema.getQueryType()
    const own = root ? selectionCost(reading, definition.selectionSet, root) : 0
    return sum + own + (isMutation ? mutationCost : 0)
  }, 0)
}

function selectionCost(
  reading: Reading,
  { selections }: SelectionSetNode,
  parent: GraphQLCompositeType,
): number {
  return selections.reduce((sum, selection) => {
    if (selection.kind === Kind.FIELD) return sum + fieldCost(reading, selection, parent)
    if (selection.kind === Kind.FRAGMENT_SPREAD) return sum
    const named = selection.typeCondition?.name.value
    const type = named === undefined ? parent : reading.schema.getType(named)
    if (!isCompositeType(type)) return sum
    return sum + selectionCost(reading, selection.selectionSet, type)
  }, 0)
}

function fieldCost(reading: Reading, field: FieldNode, parent: GraphQLCompositeType): number {
  if (!isObjectType(parent) && !isInterfaceType(parent)) return 0
  const definition = parent.getFields()[field.name.value]
  if (definition === undefined || field.selectionSet === undefined) return 0
  const type = getNamedType(definition.type)
  if (!isCompositeType(type)) return 0
  const below = selectionCost(reading, field.selectionSet, type)
  const isEnvelope = /(Connection|Edge|PageInfo|Payload)$/u.test(type.name)
  return sizeOf(reading, field) * below + (isEnvelope ? 0 : sizeOf(reading, field))
}

function sizeOf({ variables }: Reading, { arguments: args = [] }: FieldNode): number {
  const value = args.find(({ name }) => name.value === 'first')?.value
  if (value?.kind === Kind.INT) return Number(value.value)
  if (value?.kind === Kind.VARIABLE) return Number(variables[value.name.value] ?? 1)
  return 1
}

const envelopes = new Set(['edges', 'nodes', 'pageInfo', 'userErrors'])

/** What an answer came to: 1 for each object in it. */
export function answerCost(answer: unknown): number {
  if (Array.isArray(answer)) return answer.reduce((sum: number, one) => sum + answerCost(one), 0)
  if (typeof answer !== 'object' || answer === null) return 0
  const fields = Object.entries(answer)
  const isEnvelope = fields.some(([name]) => envelopes.has(name))
  const below = fields
    .filter(([name]) => name !== 'pageInfo')
    .reduce((sum, [, value]) => sum + answerCost(value), 0)
  return below + (isEnvelope ? 0 : 1)
}
