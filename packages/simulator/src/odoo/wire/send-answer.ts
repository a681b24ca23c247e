import type { ServerResponse } from 'node:http'
import { sendReply } from '../../reply.ts'
import type { Fault } from '../faults/faults.ts'
import { type Answer, htmlAnswer } from './answer.ts'

/** What a proxy answers while Odoo behind it is down or being updated. */
export function maintenancePage(status: 502 | 503): Answer {
  const title = status === 502 ? '502 Bad Gateway' : '503 Service Temporarily Unavailable'
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`
  return htmlAnswer(status, body)
}

/** What a proxy answers that limits the number of calls. */
export function tooMany(retryAfter: number | string): Answer {
  const page = htmlAnswer(
    429,
    '<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n</html>\r\n',
  )
  return { ...page, headers: { ...page.headers, 'retry-after': String(retryAfter) } }
}

/** Sends an answer, or as much of it as a fault leaves. */
export async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  fault: Fault | null,
): Promise<void> {
  const { status, headers, body } = answer
  if (fault?.kind === 'cut') response.destroy()
  else if (fault?.kind === 'half_body') {
    const end = fault.end === 'cut' ? 'drop' : 'hang'
    await sendReply(response, { kind: 'half_body', body, end })
  } else if (fault?.kind === 'endless_body') await sendReply(response, { kind: 'endless_body' })
  else if (fault?.kind !== 'hang') {
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
  }
}
