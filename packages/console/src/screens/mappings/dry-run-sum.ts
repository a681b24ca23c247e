import type { DryRunPage, DryRunSample } from './mappings-api.ts'

/** All pages of a dry run so far. */
export interface DryRunSum
  extends Pick<
    DryRunPage,
    'checked' | 'same' | 'changed' | 'unreadable' | 'newlyReadable' | 'newlyUnreadable'
  > {
  readonly samples: readonly DryRunSample[]
  /** Where the next page begins; undefined when no message is left. */
  readonly next: string | undefined
}

export const nothingRun: DryRunSum = {
  checked: 0,
  same: 0,
  changed: 0,
  unreadable: 0,
  newlyReadable: 0,
  newlyUnreadable: 0,
  samples: [],
  next: undefined,
}

/** A dry run with one more page. */
export function addPage(sum: DryRunSum, page: DryRunPage): DryRunSum {
  return {
    checked: sum.checked + page.checked,
    same: sum.same + page.same,
    changed: sum.changed + page.changed,
    unreadable: sum.unreadable + page.unreadable,
    newlyReadable: sum.newlyReadable + page.newlyReadable,
    newlyUnreadable: sum.newlyUnreadable + page.newlyUnreadable,
    samples: [...sum.samples, ...page.samples],
    next: page.next_cursor ?? undefined,
  }
}
