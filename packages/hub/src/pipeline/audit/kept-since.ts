const dayMs = 86_400_000

/** Start of the oldest day whose events are still there, as the hub's housekeeping counts. */
export function keptSince(caseEventDays: number, now: Date): Date {
  const today = Math.floor(now.getTime() / dayMs)
  return new Date((today - caseEventDays) * dayMs)
}
