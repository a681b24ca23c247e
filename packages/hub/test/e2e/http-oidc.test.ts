import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { freePort } from '../../bench/environment/hub-process.ts'
import { createHttpServer, type HttpServer } from '../../src/http/server.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import {
  clientId,
  clientSecret,
  type IdentityProvider,
  type Known,
  startIdentityProvider,
} from '../support/identity-provider.ts'

/** Keeps cookies by host, as a browser does, and follows redirects one by one. */
class Browser {
  readonly #cookies = new Map<string, Map<string, string>>()

  async go(url: string): Promise<{ readonly url: string; readonly status: number }> {
    let at = url
    for (let step = 0; step < 20; step += 1) {
      const { host } = new URL(at)
      const jar = this.#cookies.get(host) ?? new Map<string, string>()
      this.#cookies.set(host, jar)
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await fetch(at, {
        redirect: 'manual',
        headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }) },
      })
      await response.text()
      for (const line of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s)
        if (value === '') jar.delete(name)
        else jar.set(name, value)
      }
      const next = response.headers.get('location')
      if (next === null) return { url: at, status: response.status }
      at = new URL(next, at).href
    }
    throw new Error('this goes round in circles')
  }

  cookie(url: string, name: string): string | undefined {
    return this.#cookies.get(new URL(url).host)?.get(name)
  }
}

describe('signing in by an identity provider', () => {
  let hub: TestHub
  let http: HttpServer
  let url: string
  let provider: IdentityProvider
  before(async () => {
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    provider = await startIdentityProvider(`${url}/auth/oidc/callback`)
    hub = await startTestHub({
      config: {
        publicUrl: url,
        oidc: {
          issuer: provider.issuer,
          clientId,
          clientSecret,
          label: 'Acme',
          roles: ['returns-leads=admin', 'service=agent'],
        },
      },
    })
    http = await createHttpServer({ ...hub.httpDeps, metrics: createMetrics() })
    await http.listen({ host: '127.0.0.1', port })
  })
  after(async () => {
    await http.close()
    await hub.close()
    await provider.close()
  })

  /** Somebody comes to the hub, goes to the provider, and comes back. */
  async function enter(who: string, known: Known, browser = new Browser()) {
    provider.people.set(who, known)
    provider.visitor = who
    const { url: end } = await browser.go(`${url}/auth/oidc/start?to=%2Fcases%3Fstage%3Dreceived`)
    const token = browser.cookie(url, 'backhaul-session')
    const session =
      token === undefined
        ? null
        : ((await (
            await fetch(`${url}/api/v1/session`, {
              headers: { cookie: `backhaul-session=${token}` },
            })
          ).json()) as { user: Record<string, unknown> })
    return { end, session, problem: new URL(end).searchParams.get('sign_in_error') }
  }

  test('leads to where one wanted to go, with the role of one’s group, which follows the group', async () => {
    const options = await (await fetch(`${url}/api/v1/session/options`)).json()
    assert.deepEqual(options, {
      local: true,
      oidc: { label: 'Acme', startPath: '/auth/oidc/start' },
    })
    const ada = { email: 'ada@acme.example', name: 'Ada', groups: ['service', 'lunch'] }
    const first = await enter('ada', ada)
    assert.equal(first.end, `${url}/cases?stage=received`)
    assert.deepEqual(
      [first.session?.user['email'], first.session?.user['role']],
      ['ada@acme.example', 'agent'],
    )
    const again = await enter('ada', { ...ada, groups: ['returns-leads'] })
    assert.equal(again.session?.user['id'], first.session?.user['id'])
    assert.equal(again.session?.user['role'], 'admin')
  })

  test('turns away whoever is in no group, has no address, or whose account is closed', async () => {
    assert.equal((await enter('bob', { email: 'bob@acme.example' })).problem, 'no_role')
    assert.equal((await enter('eve', { groups: ['service'] })).problem, 'no_email')
    const kim = { email: 'kim@acme.example', groups: ['service'] }
    const { session } = await enter('kim', kim)
    const path = `/api/v1/users/${String(session?.user['id'])}`
    await hub.request('PATCH', path, { body: { isDisabled: true } })
    assert.equal((await enter('kim', kim)).problem, 'disabled')
  })

  test('takes nobody for somebody with a password here, unless the provider has verified the address', async () => {
    const body = { email: 'lee@acme.example', name: 'Lee', role: 'agent' }
    const made = await hub.request('POST', '/api/v1/users', { body })
    const lee = { email: 'lee@acme.example', groups: ['service'] }
    assert.equal(
      (await enter('mallory', { ...lee, isEmailVerified: false })).problem,
      'email_taken',
    )
    const { session } = await enter('lee', lee)
    const { user } = made.json as { user: Record<string, unknown> }
    assert.equal(session?.user['id'], user['id'])
    // The address is Lee's now, also with a provider that has verified it for somebody else.
    assert.equal((await enter('mallory', lee)).problem, 'email_taken')
  })

  test('takes no answer that this browser has not asked for, and sends nobody to another site', async () => {
    const browser = new Browser()
    const direct = await browser.go(`${url}/auth/oidc/callback?code=stolen&state=guessed`)
    assert.match(direct.url, /sign_in_error=expired/)
    // With a journey under way, an answer of another journey.
    provider.people.set('ada', { email: 'ada@acme.example', groups: ['service'] })
    const begun = await fetch(`${url}/auth/oidc/start`, { redirect: 'manual' })
    const cookie = begun.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const forged = await fetch(`${url}/auth/oidc/callback?code=stolen&state=guessed`, {
      redirect: 'manual',
      headers: { cookie },
    })
    assert.match(forged.headers.get('location') ?? '', /sign_in_error=not_verified/)
    assert.ok(!forged.headers.getSetCookie().some((one) => one.startsWith('backhaul-session=')))
    for (const to of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
      const start = await fetch(`${url}/auth/oidc/start?to=${encodeURIComponent(to)}`, {
        redirect: 'manual',
      })
      assert.match(start.headers.get('location') ?? '', /^\/\?sign_in_error=/)
    }
  })

  test('leaves a trace in the audit log, and no token anywhere in the log', async () => {
    const { session } = await enter('ada', { email: 'ada@acme.example', groups: ['service'] })
    const id = String(session?.user['id'])
    const audit = await hub.request('GET', `/api/v1/audit?object=${id}`)
    const actions = (audit.json['data'] as Record<string, unknown>[]).map((one) => one['action'])
    assert.ok(actions.includes('session.began') && actions.includes('user.created'))
    assert.ok(audit.text.includes('oidc'))
    assert.ok(!hub.logged.join('').includes('eyJ'))
  })
})
