import { DeliveryError, type DiagnoseContext, type Finding } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import type { Look, Part } from './part.ts'
import { partsOf, placesFor } from './plan.ts'
import { needlessGroups } from './rights.ts'
import { openSite, type Site } from './site.ts'
import { configuredPlaces } from './warehouse.ts'

/** Says in plain words what is missing in a database, for returns to go through it. Reads only. */
export async function diagnose(context: DiagnoseContext<Config>): Promise<readonly Finding[]> {
  const clock = await clockFinding(context)
  let site: Site
  try {
    site = await openSite(context)
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error
    return [{ level: 'problem', title: 'Login', detail: wordsOf(error, context.config) }, ...clock]
  }
  const findings: Finding[] = [...clock, ...userFindings(site)]
  for (const part of partsOf(site).filter(({ key }) => key !== 'administrator')) {
    findings.push(findingOf(part, await part.look(site)))
  }
  const needless = await needlessGroups(site)
  if (needless.length > 0) {
    const detail = `The user has more than it needs: take ${needless.join(' and ')} away.`
    findings.push({ level: 'warning', title: 'Rights beyond need', detail })
  }
  return [...findings, ...(await placeFindings(site))]
}

function findingOf({ key, title }: Part, { state, detail }: Look): Finding {
  const isMissing = state === 'missing' || state === 'differs'
  if (isMissing) return { level: 'problem', title, detail: `${detail} Run the set-up.` }
  if (state !== 'by_hand') return { level: 'ok', title, detail }
  const stops = ['server', 'rights', 'modules'].includes(key)
  return { level: stops ? 'problem' : 'warning', title, detail }
}

/** What to do about a refusal, by its code. */
const advice: Readonly<Record<string, string>> = {
  AUTH_REJECTED: 'Odoo takes neither the key nor the next one. Make a new key and set it.',
  ODOO_DATABASE_GONE: 'The server knows no such database. Correct its name.',
  ODOO_NOT_SUPPORTED: 'Correct the address, or use Odoo 17 or later.',
  CONNECT_FAILED: 'Nothing answers at the address. Correct it, or start the server.',
  TARGET_NOT_ALLOWED:
    'The hub may not call this address: allow it (outbound.allowedPrivateTargets).',
  TIMEOUT: 'The server does not answer in time.',
}

function wordsOf({ code, reason }: DeliveryError, { login, database }: Config): string {
  const words = advice[code] ?? reason ?? 'It failed.'
  return `${words} (${code}; ${login} on ${database})`
}

function userFindings({ config, user }: Site): Finding[] {
  const language: Finding = {
    level: 'ok',
    title: 'Language',
    detail: `Odoo speaks ${user.lang ?? 'its default language'} to the hub: its sentences come in that language.`,
  }
  const zone: Finding =
    user.tz === null
      ? {
          level: 'warning',
          title: 'Time zone',
          detail: `${user.login} has none, so days of documents end at midnight UTC: set the company's.`,
        }
      : { level: 'ok', title: 'Time zone', detail: `Days of documents are those of ${user.tz}.` }
  const isOpen = user.company_ids.length > 1 && Object.keys(config.companies).length === 0
  const companies: Finding = {
    level: 'warning',
    title: 'Companies',
    detail: `${user.login} may use ${user.company_ids.length} companies (ids ${user.company_ids.join(', ')}), and none is configured: everything is made in ${user.company_id?.name ?? 'its own'}. Set companies in the connection.`,
  }
  return [language, zone, ...(isOpen ? [companies] : [])]
}

/** Whether the connection is configured with what is there. */
async function placeFindings(site: Site): Promise<Finding[]> {
  return Promise.all(
    site.warehouses.map(async (warehouse): Promise<Finding> => {
      const title = `Places of ${warehouse.name} (${warehouse.code})`
      const configured = configuredPlaces(site.config, warehouse)
      const places = await placesFor(site, warehouse)
      if (configured === null) {
        const detail = 'The connection is not configured with them: run the set-up.'
        return { level: 'problem', title, detail }
      }
      const isRight =
        places?.quarantine === configured.places.quarantine &&
        places.returnsType === configured.places.returnsType
      if (isRight) return { level: 'ok', title, detail: `Configured as ${configured.name}.` }
      const detail = `What is configured as ${configured.name} is not there any more: run the set-up.`
      return { level: 'problem', title, detail }
    }),
  )
}

const skewWarnMs = 30_000

/** By the Date of an answer, which is in whole seconds. Without one nothing is said. */
async function clockFinding({
  config,
  fetch,
  signal,
}: DiagnoseContext<Config>): Promise<Finding[]> {
  const sentMs = Date.now()
  const url = new URL('/web/version', config.url)
  const answer = await fetch(url, { method: 'GET', signal }).catch(() => null)
  const date = answer?.headers['date']
  const theirMs = Date.parse(typeof date === 'string' ? date : '')
  if (Number.isNaN(theirMs)) return []
  const skewMs = theirMs + 500 - (sentMs + Date.now()) / 2
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  const title = 'Clock'
  if (Math.abs(skewMs) <= skewWarnMs) {
    return [{ level: 'ok', title, detail: `The server is ${seconds} s off.` }]
  }
  const detail = `The server is ${seconds} s ${skewMs > 0 ? 'ahead' : 'behind'}: let both machines follow a time server.`
  return [{ level: 'warning', title, detail }]
}
