import { plainOf } from '../mapping/document/tree-reader.ts'
import { type DocumentProblem, parseYamlTree } from '../mapping/document/yaml-tree.ts'
import type { Connections } from './connections.ts'

interface Content {
  readonly content: string
}

/** A template in force by connection and name, as its document has it; undefined where there is none. */
export type FindTemplate = (connectionId: string, name: string) => unknown

/** Reads templates where they are asked for, each once. */
export function templatesIn(find: (documentName: string) => Content | undefined): FindTemplate {
  const read = new WeakMap<Content, { readonly value: unknown }>()
  return (connectionId, name) => {
    const active = find(`${connectionId}/${name}`)
    if (active === undefined) return undefined
    const known = read.get(active)
    if (known !== undefined) return known.value
    const parsed = parseYamlTree(active.content)
    const value = parsed.ok ? plainOf(parsed.tree) : null
    read.set(active, { value })
    return value
  }
}

type Problem = Pick<DocumentProblem, 'path' | 'message'> & {
  readonly line: number | null
  readonly column: number | null
}

/** What is wrong with a template, which its connection's connector knows. */
export function checkTemplate(
  connections: Pick<Connections, 'get'>,
  { name, content }: { readonly name: string; readonly content: string },
): readonly Problem[] {
  const [connectionId = '', template = ''] = name.split('/', 2)
  const connection = connections.get(connectionId)
  if (connection === undefined || connection.state === 'broken') {
    return [whole(`there is no connection ${connectionId} that can be used`)]
  }
  const { templates, key } = connection.connector
  if (templates === undefined) return [whole(`the connector ${key} has no templates`)]
  const parsed = parseYamlTree(content)
  if (!parsed.ok) return parsed.problems
  return templates
    .check(template, plainOf(parsed.tree))
    .map(({ path, message }) => ({ line: null, column: null, path, message }))
}

function whole(message: string): Problem {
  return { line: null, column: null, path: '', message }
}
