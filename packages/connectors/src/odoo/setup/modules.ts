import { modelsThere } from './models.ts'
import { byHand, type Part, present } from './part.ts'
import type { Site } from './site.ts'

interface Module {
  /** Technical name. */
  readonly module: string
  readonly name: string
  /** A model that comes with it. */
  readonly model: string
  /** What does not work without it. */
  readonly purpose: string
  /** Whether returns work at all without it. */
  readonly isNeeded: boolean
}

const modules: readonly Module[] = [
  {
    module: 'sale_stock',
    name: 'Sales and Inventory',
    model: 'stock.picking',
    purpose: 'returns',
    isNeeded: true,
  },
  {
    module: 'sale_management',
    name: 'Sales',
    model: 'sale.order',
    purpose: 'orders and replacements',
    isNeeded: true,
  },
  {
    module: 'account',
    name: 'Invoicing',
    model: 'account.move',
    purpose: 'credit notes and refunds',
    isNeeded: true,
  },
  {
    module: 'repair',
    name: 'Repairs',
    model: 'repair.order',
    purpose: 'repairs',
    isNeeded: false,
  },
  {
    module: 'purchase_stock',
    name: 'Purchase',
    model: 'purchase.order',
    purpose: 'returns to vendors',
    isNeeded: false,
  },
  {
    module: 'mrp',
    name: 'Manufacturing',
    model: 'mrp.bom',
    purpose: 'returns of kits by their components',
    isNeeded: false,
  },
]

/** Modules that are not installed. */
async function modulesMissing({ own }: Site): Promise<Module[]> {
  const there = await modelsThere(
    own,
    modules.map(({ model }) => model),
  )
  return modules.filter(({ model }) => !there.has(model))
}

export const modulesPart: Part = {
  key: 'modules',
  title: 'Modules',
  async look(site) {
    const missing = await modulesMissing(site)
    if (missing.length === 0) return present('All that the hub can make use of are installed.')
    const needed = missing.filter(({ isNeeded }) => isNeeded)
    const without = missing.map(
      ({ name, module, purpose }) => `${name} (${module}): no ${purpose} without it`,
    )
    const detail = `Not installed: ${without.join('; ')}.`
    return needed.length > 0 ? byHand(detail) : present(detail)
  },
}
