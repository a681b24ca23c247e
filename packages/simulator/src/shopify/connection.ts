export interface PageArgs {
  readonly first?: number
  readonly after?: string | null
}

/** A page of a list, as the connections of the schema have it. A cursor is the place in the list. */
export function connection(items: readonly object[], { first = 50, after }: PageArgs): object {
  const from = after == null ? 0 : Number(Buffer.from(after, 'base64url').toString()) + 1
  const nodes = items.slice(from, from + first)
  const cursors = nodes.map((_node, index) =>
    Buffer.from(String(from + index)).toString('base64url'),
  )
  return {
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: cursors[index] })),
    pageInfo: {
      hasNextPage: from + first < items.length,
      hasPreviousPage: from > 0,
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
    },
  }
}
