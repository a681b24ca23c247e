import { boundedText } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { searchKeys } from '../../mapping/identifiers.ts'
import { HubError } from '../../platform/errors.ts'
import { listProductConflicts } from '../../store/master-data/conflicts.ts'
import { findProduct, listProducts } from '../../store/master-data/queries.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { problems } from '../schemas/common.ts'
import { product, productDetail, productDetailView, productView } from '../schemas/master-data.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Master data']
const place = z.tuple([boundedText(100)])

export function productRoutes(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/products',
    {
      config: { access: 'master_data.read' },
      schema: {
        operationId: 'listProducts',
        tags,
        summary: 'Products by their ids, or those that an identifier leads to.',
        querystring: z.strictObject({
          ...pageQuery,
          identifier: boundedText(100)
            .optional()
            .describe('An id, SKU, GTIN, SKU of a channel, or part number of a customer.'),
        }),
        response: { 200: pageOf(product), ...problems },
      },
    },
    async ({ query: { limit, cursor, identifier } }, reply) => {
      const [after = ''] = readCursor(cursor, place) ?? []
      const sought = identifier === undefined ? null : searchKeys(identifier)
      const rows = await listProducts(pool, { sought, after, limit: limit + 1 })
      const { items, next } = cutPage(rows, limit, (last) => [last.productId])
      return sendPage(reply, { data: items.map(productView), next })
    },
  )

  app.get(
    '/api/v1/products/:id',
    {
      config: { access: 'master_data.read' },
      schema: {
        operationId: 'getProduct',
        tags,
        summary: 'A product, with what it is called and how it is packed.',
        params: z.object({ id: boundedText(100) }),
        response: { 200: productDetail, ...problems },
      },
    },
    async ({ params }) => {
      const found = await findProduct(pool, params.id)
      if (found === null) throw new HubError('NOT_FOUND', 'There is no such product.')
      return productDetailView(found, await listProductConflicts(pool, params.id))
    },
  )
}
