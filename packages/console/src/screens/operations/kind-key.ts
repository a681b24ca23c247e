/** The text for a kind of operation: `deliveries.replay` is `kind.deliveries_replay`. */
export function kindKey(kind: string): 'kind.deliveries_replay' {
  return `kind.${kind.replaceAll('.', '_')}` as 'kind.deliveries_replay'
}
