const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/
/** Words of the expression language, which cannot stand behind a dot. */
const reserved: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)
/** What ends a text, and characters beyond the first plane, which the expression language does not read. */
const unspeakable = /["\\\p{Cc}\p{Surrogate}\u2028\u2029\u{10000}-\u{10FFFF}]/u
const longest = 500

export type PathKey = string | number

/**
 * A path in an expression: `record.buyer["Order ID"]`.
 *
 * @returns null for names that no path can hold.
 */
export function pathText(root: string, keys: readonly PathKey[]): string | null {
  return join(keys, { root, sign: '' })
}

/** The same where any of it may be missing; its value is null then: `record.?buyer.?id.orValue(null)`. */
export function optionalPathText(root: string, keys: readonly PathKey[]): string {
  const text = join(keys, { root, sign: '?' })
  return text === null || keys.length === 0 ? root : `${text}.orValue(null)`
}

function join(
  keys: readonly PathKey[],
  { root, sign }: { readonly root: string; readonly sign: '' | '?' },
): string | null {
  let text = root
  for (const key of keys) {
    if (typeof key === 'number') text += `[${sign}${key}]`
    else if (plainName.test(key) && !reserved.has(key)) text += `.${sign}${key}`
    else if (key === '' || unspeakable.test(key)) return null
    else text += `[${sign}"${key}"]`
  }
  return text.length > longest ? null : text
}
