import { readdirSync } from 'node:fs'
import type { Connector } from '@backhaul/sdk/connector'

export { channelsDir } from './channels.ts'

/**
 * Every connector that comes with the hub: one for each folder beside this file, its default export. A new
 * connector is a new folder and no line elsewhere.
 */
export const connectors: readonly Connector[] = await Promise.all(folders().map(load))

function folders(): string[] {
  const found = readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
  return found.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted()
}

async function load(folder: string): Promise<Connector> {
  // The same ending as this file: sources where they are run as they are, else what was built of them.
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const file = new URL(`${folder}/index.${ending}`, import.meta.url)
  const { default: connector } = (await import(file.href)) as { default?: Connector }
  if (!connector) throw new Error(`${folder}/index.${ending} exports no connector by default`)
  return connector
}
