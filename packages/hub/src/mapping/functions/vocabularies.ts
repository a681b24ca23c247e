/** Every vocabulary that documents and people can translate words of. */
export const vocabularyNames = [
  'reason',
  'disposition',
  'status',
  'carrier',
  'warehouse',
  'unit',
  'tax',
  'kind',
  'resolution',
  'condition',
  'grade',
  'response',
  'method',
  'channel',
  'currency',
  'company',
] as const
