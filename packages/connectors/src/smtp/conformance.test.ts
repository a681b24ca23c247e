import { createInterface } from 'node:readline'
import { exerciseConnector, type FakeConversation } from '@backhaul/sdk/testing'
import smtp from './index.ts'

/** A server with a mailbox that goes by the Message-ID: a repeat is not shown again. */
function mailbox(): FakeConversation {
  const shown = new Set<string>()
  return (socket, { change }) => {
    let isText = false
    let id = ''
    const answers: readonly (readonly [RegExp, string])[] = [
      [/^EHLO/, '250 fake'],
      [/^(MAIL|RCPT) /, '250 2.1.0 Ok'],
      [/^QUIT/, '221 2.0.0 Bye'],
    ]
    const lines = createInterface({ input: socket })
    lines.on('error', () => undefined)
    lines.on('line', (line) => {
      if (isText) {
        id = /^Message-ID: (.+)$/i.exec(line)?.[1] ?? id
        if (line !== '.') return
        isText = false
        if (change(shown.has(id) ? null : id, () => shown.add(id))) socket.write('250 2.0.0 Ok\r\n')
        return
      }
      isText = line.startsWith('DATA')
      const answer = answers.find(([command]) => command.test(line))?.[1] ?? '502 5.5.2 No'
      socket.write(`${isText ? '354 Go on' : answer}\r\n`)
    })
    socket.write('220 fake ESMTP\r\n')
  }
}

exerciseConnector(smtp, {
  config: (baseUrl) => {
    const { hostname, port } = new URL(baseUrl)
    return {
      host: hostname,
      port: Number(port),
      security: 'none',
      from: { address: 'returns@example.com', name: 'Example returns' },
    }
  },
  deliveries: {
    'customer.notify': {
      body: { template: 'received', headline: 'received', language: 'de' },
      contact: { name: 'Ada Example', email: 'ada@example.org' },
    },
  },
  sockets: {
    noHttpSince:
      'SMTP has replies of its own, no redirects and no bodies: see notify-customer.test.ts',
    fake: mailbox,
  },
})
