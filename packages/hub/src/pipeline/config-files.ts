import { connectionId } from '@backhaul/sdk/canonical'
import { isVocabulary } from '../mapping/vocabularies.ts'
import type { DocumentKind } from '../store/documents.ts'
import { documentName } from './documents.ts'

/** A file of a folder that says how the hub is set up. */
export interface ConfigFile {
  /** Below the folder, with slashes. */
  readonly path: string
  readonly text: string
}

/** Folders that are looked into. A folder that is not there says nothing about what it would hold. */
export const configFolders = ['mappings', 'policies', 'templates', 'vocabularies'] as const
export type ConfigFolder = (typeof configFolders)[number]

/** What a file is about, by its path. */
export type FileSubject =
  | { readonly kind: 'document'; readonly documentKind: DocumentKind; readonly name: string }
  | { readonly kind: 'table'; readonly vocabulary: string; readonly connectionId: string | null }
  /** It lies where files of ours lie, and cannot be one. */
  | { readonly kind: 'misplaced'; readonly reason: string }

/**
 * Says what a file is about: `mappings/<connection>/<topic>.yaml`, `policies/<name>.yaml`,
 * `templates/<connection>/<name>.<language>.yaml`,
 * `vocabularies/<vocabulary>.csv` and `vocabularies/<vocabulary>.<connection>.csv`.
 *
 * @returns null for files that lie beside these, such as samples and notes.
 */
export function subjectOf(path: string): FileSubject | null {
  const [folder, ...below] = path.split('/')
  const file = below.at(-1) ?? ''
  const [, base = '', extension = ''] = /^(.+)\.(yaml|yml|csv)$/.exec(file) ?? []
  const isYaml = extension === 'yaml' || extension === 'yml'
  if (folder === 'mappings' && isYaml && below.length <= 2) return mappingAt(below, base)
  if (folder === 'templates' && isYaml && below.length <= 2) return templateAt(below, base)
  if (folder === 'policies' && isYaml && below.length === 1) return documentOf('policy', base)
  if (folder === 'vocabularies' && extension === 'csv' && below.length === 1) return tableOf(base)
  return null
}

function mappingAt(below: readonly string[], base: string): FileSubject {
  const [connection = ''] = below
  if (below.length === 2) return documentOf('mapping', `${connection}/${base}`)
  return { kind: 'misplaced', reason: 'A mapping lies in mappings/<connection>/<topic>.yaml.' }
}

function templateAt(below: readonly string[], base: string): FileSubject {
  const [connection = ''] = below
  if (below.length === 2) return documentOf('template', `${connection}/${base}`)
  const reason = 'A template lies in templates/<connection>/<name>.<language>.yaml.'
  return { kind: 'misplaced', reason }
}

function documentOf(documentKind: DocumentKind, name: string): FileSubject {
  if (documentName.safeParse(name).success) return { kind: 'document', documentKind, name }
  return { kind: 'misplaced', reason: `${name} is no name of a document.` }
}

function tableOf(base: string): FileSubject {
  const dot = base.indexOf('.')
  const vocabulary = dot === -1 ? base : base.slice(0, dot)
  const connection = dot === -1 ? null : base.slice(dot + 1)
  if (!isVocabulary(vocabulary)) {
    return { kind: 'misplaced', reason: `There is no vocabulary ${vocabulary}.` }
  }
  if (connection !== null && !connectionId.safeParse(connection).success) {
    return { kind: 'misplaced', reason: `${connection} is no id of a connection.` }
  }
  return { kind: 'table', vocabulary, connectionId: connection }
}
