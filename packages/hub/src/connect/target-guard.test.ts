import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HubError } from '../platform/errors.ts'
import { createTargetGuard } from './target-guard.ts'

/** Everything that a hub without a list of private targets refuses to call, by why. */
// biome-ignore format: a table
const refused: readonly (readonly [why: string, ...urls: string[]])[] = [
  ['loopback', 'http://127.0.0.1/', 'http://127.0.0.1:8484/', 'http://127.255.255.254/', 'https://127.0.0.1/', 'http://[::1]/', 'http://[::1]:8484/', 'http://[0:0:0:0:0:0:0:1]/'],
  ['unspecified', 'http://0.0.0.0/', 'http://0.1.2.3/', 'http://[::]/', 'http://[::]:8484/'],
  ['private', 'http://10.0.0.1/', 'http://10.255.255.255/', 'http://172.16.0.1/', 'http://172.31.255.255/', 'http://192.168.0.1/', 'http://192.168.255.255/'],
  ['link-local', 'http://169.254.0.1/', 'http://169.254.255.255/', 'http://[fe80::1]/', 'http://[febf::1]/'],
  ['shared', 'http://100.64.0.1/', 'http://100.127.255.255/'],
  ['reserved', 'http://240.0.0.1/', 'http://254.255.255.255/', 'http://255.255.255.255/', 'http://192.0.0.1/', 'http://192.88.99.1/'],
  ['benchmarking', 'http://198.18.0.1/', 'http://198.19.255.255/', 'http://[2001:2::1]/'],
  ['documentation', 'http://192.0.2.1/', 'http://198.51.100.1/', 'http://203.0.113.1/', 'http://[2001:db8::1]/', 'http://[3fff::1]/'],
  ['multicast', 'http://224.0.0.1/', 'http://239.255.255.250/', 'http://[ff02::1]/', 'http://[ff0e::1]/'],
  ['unique local', 'http://[fc00::1]/', 'http://[fd00::1]/', 'http://[fdff:ffff::1]/'],
  ['site-local', 'http://[fec0::1]/'],
  ['discard', 'http://[100::1]/'],
  ['IPv4-mapped', 'http://[::ffff:127.0.0.1]/', 'http://[::ffff:7f00:1]/', 'http://[::ffff:10.0.0.1]/', 'http://[::ffff:169.254.169.254]/', 'http://[::ffff:8.8.8.8]/'],
  ['IPv4-compatible', 'http://[::127.0.0.1]/', 'http://[::10.0.0.1]/'],
  ['IPv4-translated', 'http://[::ffff:0:127.0.0.1]/'],
  ['NAT64', 'http://[64:ff9b::127.0.0.1]/', 'http://[64:ff9b::a9fe:a9fe]/', 'http://[64:ff9b:1::10.0.0.1]/'],
  ['6to4', 'http://[2002:7f00:1::]/', 'http://[2002:a00:1::1]/', 'http://[2002:a9fe:a9fe::1]/'],
  ['Teredo', 'http://[2001:0:53aa:64c:0:0:80ff:fffe]/', 'http://[2001::1]/'],
  ['SRv6', 'http://[5f00::1]/'],
  ['unassigned', 'http://[4000::1]/', 'http://[1::1]/', 'http://[e000::1]/'],
  ['decimal, octal and hexadecimal', 'http://2130706433/', 'http://017700000001/', 'http://0x7f000001/', 'http://0x7f.1/', 'http://0177.0.0.1/', 'http://0x7f.0x0.0x0.0x1/', 'http://0/', 'http://127.1/', 'http://127.0.1/', 'http://10.1/', 'http://0xa9fea9fe/', 'http://2852039166/', 'http://127.0.0.1./', 'http://3232235521/'],
  ['full-width and other digits', 'http://１２７.０.０.１/', 'http://①②⑦.⓪.⓪.①/', 'http://127。0。0。1/', 'http://%31%32%37.0.0.1/'],
  ['metadata services', 'http://169.254.169.254/latest/meta-data/', 'http://169.254.170.2/v2/credentials', 'http://[fd00:ec2::254]/', 'http://100.100.100.200/', 'http://168.63.129.16/machine', 'http://192.0.0.192/', 'http://[fd20:ce::254]/'],
  ['a user name', 'http://user@example.com/', 'http://user:password@example.com/', 'http://example.com@127.0.0.1/', 'http://127.0.0.1:80@example.com/', 'http://:x@example.com/'],
  ['low ports', 'http://example.com:22/', 'http://example.com:25/', 'https://example.com:445/', 'http://example.com:0/', 'http://example.com:1023/', 'http://8.8.8.8:53/'],
  ['other schemes', 'file:///etc/passwd', 'gopher://example.com:70/_x', 'ftp://example.com/', 'ws://example.com/', 'data:text/plain,x', 'javascript:alert(1)', 'dict://example.com:11211/', 'ldap://example.com/', 'blob:https://example.com/1'],
]
const vectors = refused.flatMap(([why, ...urls]) => urls.map((url) => ({ why, url })))

function isRefused(check: () => unknown): boolean {
  try {
    check()
    return false
  } catch (error) {
    assert.ok(error instanceof HubError)
    assert.equal(error.code, 'TARGET_NOT_ALLOWED')
    return true
  }
}

describe('a hub that was allowed no private targets', () => {
  const guard = createTargetGuard([])

  test('there are at least 60 vectors', () => {
    assert.ok(new Set(vectors.map(({ url }) => url)).size >= 60)
  })

  for (const { why, url } of vectors) {
    test(`calls no ${why} address: ${url}`, () => {
      assert.ok(isRefused(() => guard.checkUrl(new URL(url))))
    })
  }

  for (const url of [
    'https://example.com/hook',
    'http://example.com/',
    'https://example.com:8443/',
    'https://EXAMPLE.com./',
    'http://8.8.8.8/',
    'http://93.184.216.34:8080/',
    'https://[2606:2800:220:1:248:1893:25c8:1946]/',
    'https://bücher.example/',
    'http://172.15.255.255/',
    'http://172.32.0.1/',
    'http://100.63.255.255/',
    'http://100.128.0.1/',
    'http://11.0.0.1/',
  ]) {
    test(`calls a public address: ${url}`, () => {
      assert.ok(!isRefused(() => guard.checkUrl(new URL(url))))
    })
  }

  for (const address of [
    '127.0.0.1',
    '10.0.0.5',
    '::1',
    '::ffff:10.0.0.5',
    'fe80::1%eth0',
    'fd00:ec2::254',
  ]) {
    test(`does not connect to ${address}, whatever name leads there`, () => {
      assert.ok(
        isRefused(() => guard.checkAddress(address, { hostname: 'example.com', port: 443 })),
      )
    })
  }
})

describe('a hub that was allowed private targets', () => {
  /** What an administrator listed, what may then be called, and what still may not. */
  // biome-ignore format: a table
  const cases = [
    { listed: ['10.20.0.0/16'], calls: ['http://10.20.3.4/', 'https://10.20.3.4:8069/', 'http://[::ffff:10.20.3.4]/'], refuses: ['http://10.21.0.1/', 'http://10.20.3.4:22/', 'http://169.254.169.254/'] },
    { listed: ['10.20.3.4'], calls: ['http://10.20.3.4:8069/'], refuses: ['http://10.20.3.5/'] },
    { listed: ['10.20.3.4:8069'], calls: ['http://10.20.3.4:8069/'], refuses: ['http://10.20.3.4/', 'http://10.20.3.4:8070/'] },
    { listed: ['10.20.3.4:81'], calls: ['http://10.20.3.4:81/'], refuses: ['http://10.20.3.4:82/'] },
    { listed: ['127.0.0.0/8', '::1'], calls: ['http://127.0.0.1:39000/', 'http://127.9.9.9/', 'http://[::1]:39000/', 'http://2130706433:39000/'], refuses: ['http://10.0.0.1/', 'http://0.0.0.0:39000/', 'http://[::]:39000/'] },
    { listed: ['fd12:3456::/32'], calls: ['http://[fd12:3456::1]/'], refuses: ['http://[fd12:3457::1]/'] },
    { listed: ['[fd12::5]:8069'], calls: ['http://[fd12::5]:8069/'], refuses: ['http://[fd12::5]:8070/'] },
    { listed: ['partner.example:81'], calls: ['http://partner.example:81/'], refuses: ['http://partner.example:82/', 'http://other.example:81/'] },
    { listed: ['169.254.0.0/16', 'fd00::/8', '64:ff9b::/96', '2002::/16', '0.0.0.0/0'], calls: ['http://169.254.1.1/', 'http://[fd01::1]/', 'http://[64:ff9b::8.8.8.8]/'], refuses: ['http://169.254.169.254/', 'http://[fd00:ec2::254]/', 'http://[64:ff9b::169.254.169.254]/', 'http://[2002:a9fe:a9fe::1]/', 'http://168.63.129.16/', 'http://[::ffff:169.254.169.254]/'] },
    { listed: ['169.254.169.254'], calls: ['http://169.254.169.254/', 'http://2852039166/'], refuses: ['http://169.254.170.2/', 'http://[fd00:ec2::254]/'] },
    { listed: ['0x0a140304'], calls: ['http://10.20.3.4/'], refuses: ['http://10.20.3.5/'] },
  ]
  for (const { listed, calls, refuses } of cases) {
    const guard = createTargetGuard(listed)
    for (const url of calls) {
      test(`with ${listed.join(', ')} calls ${url}`, () => {
        assert.ok(!isRefused(() => guard.checkUrl(new URL(url))))
      })
    }
    for (const url of refuses) {
      test(`with ${listed.join(', ')} does not call ${url}`, () => {
        assert.ok(isRefused(() => guard.checkUrl(new URL(url))))
      })
    }
  }

  /** What a name resolves to, when it is looked up. */
  // biome-ignore format: a table
  const lookups = [
    { listed: ['erp.internal'], host: 'erp.internal', port: 8069, address: '10.20.3.4', isAllowed: true },
    { listed: ['Erp.Internal'], host: 'erp.internal', port: 8069, address: '10.20.3.4', isAllowed: true },
    { listed: ['erp.internal:8069'], host: 'erp.internal', port: 8069, address: '10.20.3.4', isAllowed: true },
    { listed: ['erp.internal:8069'], host: 'erp.internal', port: 5432, address: '10.20.3.4', isAllowed: false },
    { listed: ['erp.internal'], host: 'evil.example', port: 8069, address: '10.20.3.4', isAllowed: false },
    { listed: ['erp.internal'], host: 'x.erp.internal', port: 8069, address: '10.20.3.4', isAllowed: false },
    { listed: ['10.20.0.0/16'], host: 'erp.internal', port: 8069, address: '10.20.3.4', isAllowed: true },
    { listed: ['erp.internal'], host: 'erp.internal', port: 80, address: '169.254.169.254', isAllowed: false },
    { listed: ['erp.internal'], host: 'erp.internal', port: 80, address: 'fd00:ec2::254', isAllowed: false },
  ]
  for (const { listed, host, port, address, isAllowed } of lookups) {
    const verb = isAllowed ? 'connects' : 'does not connect'
    test(`with ${listed.join(', ')} ${verb} to ${address} for ${host}:${port}`, () => {
      const guard = createTargetGuard(listed)
      assert.equal(
        !isRefused(() => guard.checkAddress(address, { hostname: host, port })),
        isAllowed,
      )
    })
  }

  for (const entry of [
    '',
    'http://x/',
    '10.0.0.0/33',
    'a b',
    'x/y',
    'user@host',
    'host:99999:1',
    '*',
  ]) {
    test(`an entry that is no target is refused: "${entry}"`, () => {
      assert.throws(() => createTargetGuard([entry]), { code: 'VALIDATION_FAILED' })
    })
  }
})
