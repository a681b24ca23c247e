/** Header fields by lower-case name, as Node and undici give them. A name that came twice may be an array. */
export type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>

/** The first value of a header, or undefined. `name` in lower case. */
export function header(headers: HeaderValues, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' || value === undefined ? value : value[0]
}
