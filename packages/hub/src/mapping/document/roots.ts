/** What expressions of a document can name. */
export const inboundRoots = ['record', 'row', 'source', 'constants', 'message', 'index'] as const
export const outboundRoots = ['command', 'constants', 'index'] as const
export const answerRoots = ['response'] as const

/** Words of the expression language, which no variable can have as its name. */
const reserved: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while cel google optional type int uint double bool string bytes list map null_type dyn has size metered constructor prototype'.split(
    ' ',
  ),
)
const taken: ReadonlySet<string> = new Set([...inboundRoots, ...outboundRoots, ...answerRoots])

/** Whether `name` can be that of an item. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]{0,39}$/.test(name) && !reserved.has(name) && !taken.has(name)
}
