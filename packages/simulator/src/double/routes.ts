import type { DoubleAnswer, DoubleRequest } from './request.ts'

type Handle = (request: DoubleRequest) => DoubleAnswer | Promise<DoubleAnswer>

/** A method, a path whose steps may be `:name`, and what answers. */
export type Route = readonly [method: string, path: string, handle: Handle]

/** What answers a request. */
export interface Found {
  /** As the route has it, with `:name`. */
  readonly path: string
  readonly request: DoubleRequest
  readonly handle: Handle
}

/** Finds what answers a request; the first route that fits. */
export function makeRouter(routes: readonly Route[]): (request: DoubleRequest) => Found | null {
  const ready = routes.map(([method, path, handle]) => ({
    method,
    path,
    handle,
    expression: new RegExp(`^${path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`, 'u'),
  }))
  return (request) => {
    for (const { method, path, expression, handle } of ready) {
      const found = method === request.method ? expression.exec(request.path) : null
      if (!found) continue
      const params = Object.fromEntries(
        Object.entries(found.groups ?? {}).map(([name, value]) => [name, decoded(value)]),
      )
      return { path, request: { ...request, params }, handle }
    }
    return null
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
