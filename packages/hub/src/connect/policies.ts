import {
  type ActivePolicies,
  activePolicies,
  compilePolicyText,
  type FindProduct,
  noPolicies,
} from '../domain/index.ts'
import type { ProductIdKind, WordScope } from '../mapping/words.ts'
import type { Logger } from '../platform/logger.ts'
import type { Glossary } from './glossary.ts'
import type { MasterData } from './master-data.ts'

/** What decisions are made by, besides the facts of a return. */
interface Rules {
  readonly policies: ActivePolicies
  readonly findProduct: FindProduct
}

/** The rule sets in force, and the products in memory, as they are at the moment of each question. */
export function createRules(given: {
  readonly glossary: Pick<Glossary, 'activeDocuments'>
  readonly masterData: Pick<MasterData, 'product'>
  readonly log: Logger
}): Rules {
  return { policies: createPolicies(given), findProduct: createFindProduct(given.masterData) }
}

/** Compiled anew when the list of documents is another one. */
function createPolicies({
  glossary,
  log,
}: {
  readonly glossary: Pick<Glossary, 'activeDocuments'>
  readonly log: Logger
}): ActivePolicies {
  let from: ReturnType<Glossary['activeDocuments']> = []
  let policies = noPolicies
  const current = (): ActivePolicies => {
    const active = glossary.activeDocuments('policy')
    if (active === from) return policies
    const compiled = active.flatMap(({ name, version, content }) => {
      const made = compilePolicyText(content, { version })
      if (made.ok) return [made.policy]
      log.error({ document: name }, 'an active rule set is broken')
      return []
    })
    from = active
    policies = activePolicies(compiled)
    return policies
  }
  return { covers: (scope) => current().covers(scope), find: (scope) => current().find(scope) }
}

const anywhere: WordScope = { connectionId: '', company: null, at: '' }

/** Products by whichever of their names is known, the surest first. */
function createFindProduct({ product }: Pick<MasterData, 'product'>): FindProduct {
  return (ref) => {
    const names: readonly (readonly [ProductIdKind, string | undefined])[] = [
      ['id', ref.erpId],
      ['sku', ref.sku],
      ['gtin', ref.gtin],
      ['channel_sku', ref.channelSku],
      ['customer_part_no', ref.customerPartNo],
    ]
    for (const [kind, value] of names) {
      if (value === undefined) continue
      const found = product(kind, value, anywhere)
      if (found.kind === 'found') return found.value
    }
    return null
  }
}
