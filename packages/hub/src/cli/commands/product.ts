import type { Command } from 'commander'
import { searchKeys } from '../../mapping/identifiers.ts'
import { listProductConflicts } from '../../store/master-data/conflicts.ts'
import {
  findProduct,
  listProducts,
  type ProductDetail,
  type ProductRow,
} from '../../store/master-data/queries.ts'
import type { Actions, Handler } from '../action.ts'
import { addListOptions, type ListOptions } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { pageOf, showPage } from '../list.ts'
import { type Column, fields, shorten } from '../table.ts'
import { withDatabase } from '../with-database.ts'

export function addProductCommands(program: Command, actions: Actions): void {
  const group = program.command('product').description('Look at products.')
  addListOptions(group.command('find'))
    .description(
      'Find products by an id, SKU, GTIN, SKU of a channel or part number of a customer.',
    )
    .argument('<value>', 'what it is called')
    .action(actions.run(find))
  group
    .command('show')
    .description('Show a product, with what it is called and how it is packed.')
    .argument('<id>', 'the id that its system of record gave it')
    .action(actions.run(show))
}

const columns: readonly Column<ProductRow>[] = [
  { title: 'ID', value: ({ productId }) => productId },
  { title: 'SKU', value: ({ sku }) => sku },
  { title: 'GTIN', value: ({ gtin }) => gtin },
  { title: 'NAME', value: ({ name }) => shorten(name, 40) },
  { title: 'UNIT', value: ({ baseUnit }) => baseUnit },
  { title: 'ACTIVE', value: ({ isActive }) => isActive },
  { title: 'SOURCE', value: ({ source }) => source },
  { title: 'UPDATED', value: ({ updatedAt }) => updatedAt },
]

const find: Handler<ListOptions> = (session, { args, options: { limit, before: after = '' } }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const sought = searchKeys(args[0] ?? '')
    const rows = await listProducts(pool, { sought, after, limit: limit + 1 })
    const page = pageOf(rows, limit, ({ productId }) => productId)
    showPage(session, page, { columns, none: 'Nobody is called so.' })
  })

const show: Handler<object> = (session, { args }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const [productId = ''] = args
    const found = await findProduct(pool, productId)
    if (found === null) {
      throw new CliError(
        'notFound',
        `There is no product ${productId}. Find it with: backhaul product find`,
      )
    }
    const conflicts = await listProductConflicts(pool, productId)
    session.show({ ...found, conflicts }, () =>
      describe(
        found,
        conflicts.map(({ kind, valueKey }) => `${kind} ${valueKey}`),
      ),
    )
  })

function describe(product: ProductDetail, conflicts: readonly string[]): string {
  const { identifiers, units, components } = product
  const names = identifiers.map(({ kind, scope, value }) => {
    return scope === '' ? `${kind} ${value}` : `${kind} ${value} (${scope})`
  })
  return fields([
    ['Product', product.productId],
    ['Source', product.source],
    ['SKU', product.sku],
    ['GTIN', product.gtin],
    ['Name', product.name],
    ['Base unit', product.baseUnit],
    ['Packs', units.map(({ unit, ratio }) => `${unit} of ${ratio}`).join(', ')],
    ['Category', product.category],
    ['Tags', product.tags.join(', ')],
    ['Called', names.join(', ')],
    ['Kit of', components.map(({ productId, ratio }) => `${ratio} x ${productId}`).join(', ')],
    ['Superseded by', product.supersededBy],
    ['Active', product.isActive],
    ['In conflict', conflicts.join(', ')],
    ['Updated', product.updatedAt],
  ])
}
