import { parseCookie, stringifySetCookie } from 'cookie'
import type { HubConfig } from '../../platform/config/schema.ts'

type Site = Pick<HubConfig, 'publicUrl'>

/** Where the hub is reached by https, browsers take the cookie over it alone, and from this very host alone. */
function isSecure({ publicUrl }: Site): boolean {
  return publicUrl?.startsWith('https:') === true
}

function nameOf(site: Site): string {
  return isSecure(site) ? '__Host-backhaul-session' : 'backhaul-session'
}

/** The session's token in a `Cookie` header; null where there is none. */
export function tokenIn(header: string | undefined, site: Site): string | null {
  if (header === undefined) return null
  return parseCookie(header)[nameOf(site)] ?? null
}

/** `Set-Cookie` for a session that begins. No script can read it; other sites cannot make it go along with changes. */
export function sessionCookie(site: Site, token: string, expires: Date): string {
  return stringifySetCookie({ ...attributes(site), name: nameOf(site), value: token, expires })
}

/** `Set-Cookie` for one that has ended. */
export function endedCookie(site: Site): string {
  return stringifySetCookie({ ...attributes(site), name: nameOf(site), value: '', maxAge: 0 })
}

function attributes(site: Site) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure(site) } as const
}
