import type { Group, Interchange } from './envelope.ts'

/** A functional acknowledgment is not acknowledged itself, or two systems would never stop. */
const unacknowledged = 'FA'

/** Whether an interchange is to be answered with a 997. */
export function isAcknowledged({ groups, isWhole }: Interchange): boolean {
  return isWhole && groups.some(({ functionalId }) => functionalId !== unacknowledged)
}

/**
 * A 997 for each functional group: whether each transaction set came whole. That it could be understood it does not say;
 * what could not waits for people of the hub.
 *
 * @param controlNumber - of the interchange, 1 to 999,999,999; never the same again for this receiver.
 */
export function acknowledgmentOf(
  interchange: Interchange,
  { controlNumber, now }: { readonly controlNumber: number; readonly now: Date },
): string {
  const { separators, sender, receiver, senderQualifier, receiverQualifier } = interchange
  const [date = '', time = ''] = now.toISOString().split('T')
  const day = date.replaceAll('-', '')
  const hour = time.slice(0, 5).replace(':', '')
  const number = String(controlNumber).padStart(9, '0')
  const groups = interchange.groups.filter(({ functionalId }) => functionalId !== unacknowledged)
  const version = groups[0]?.version ?? ''
  const segments = [
    [
      'ISA',
      '00',
      ' '.repeat(10),
      '00',
      ' '.repeat(10),
      receiverQualifier.padEnd(2),
      receiver.padEnd(15),
      senderQualifier.padEnd(2),
      sender.padEnd(15),
      day.slice(2),
      hour,
      'U',
      interchange.version,
      number,
      '0',
      interchange.usage,
      separators.component,
    ],
    ['GS', 'FA', receiver, sender, day, hour, String(controlNumber), 'X', version],
    ...groups.flatMap((group, index) => setOf(group, String(index + 1).padStart(4, '0'))),
    ['GE', String(groups.length), String(controlNumber)],
    ['IEA', '1', number],
  ]
  return segments.map((one) => one.join(separators.element) + separators.segment).join('')
}

function setOf(group: Group, number: string): string[][] {
  const { functionalId, controlNumber, sets, problem } = group
  const accepted = sets.filter((one) => one.problem === null).length
  const verdict = problem !== null ? 'R' : accepted === sets.length ? 'A' : accepted > 0 ? 'P' : 'R'
  const body = [
    ['AK1', functionalId, controlNumber],
    ...sets.flatMap((one) => [
      ['AK2', one.set, one.controlNumber],
      one.problem === null ? ['AK5', 'A'] : ['AK5', 'R', one.problem],
    ]),
    [
      'AK9',
      verdict,
      String(sets.length),
      String(sets.length),
      String(verdict === 'R' ? 0 : accepted),
      ...(problem === null ? [] : [problem]),
    ],
  ]
  return [['ST', '997', number], ...body, ['SE', String(body.length + 2), number]]
}
