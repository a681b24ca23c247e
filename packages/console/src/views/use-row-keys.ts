import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../keyboard/shortcuts.ts'

/** What keys do in a list of records; what is left out has no key. */
export interface RowKeys {
  readonly count: number
  readonly active: number
  readonly onActive: (index: number) => void
  readonly onOpen: (index: number) => void
  readonly onPreview?: (index: number) => void
  readonly onToggle?: (index: number, withRange: boolean) => void
  readonly onEscape?: () => void
}

/** Moves through a list with j and k, and acts on the row that it is at. */
export function useRowKeys(of: RowKeys): void {
  const { t } = useTranslation()
  const { count, active, onActive } = of
  const move = (by: number): void => {
    if (count > 0) onActive(Math.max(0, Math.min(count - 1, active + by)))
  }
  const at = (act: (index: number) => void) => (): void => {
    if (active >= 0 && active < count) act(active)
  }
  const { onPreview, onToggle, onEscape } = of
  const key = (id: string, keys: string, run: () => void) => ({
    id: `list-${id}`,
    keys,
    label: t(`list.${id}`),
    group: 'screen' as const,
    run,
  })
  useShortcuts([
    key('next', 'j', () => move(1)),
    key('previous', 'k', () => move(-1)),
    key('open', 'Enter', at(of.onOpen)),
    ...(onPreview === undefined ? [] : [key('preview', 'Space', at(onPreview))]),
    ...(onToggle === undefined
      ? []
      : [
          key(
            'select',
            'x',
            at((index) => onToggle(index, false)),
          ),
          key(
            'range',
            'Shift+x',
            at((index) => onToggle(index, true)),
          ),
        ]),
    ...(onEscape === undefined ? [] : [key('escape', 'Escape', onEscape)]),
  ])
}
