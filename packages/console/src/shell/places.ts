import {
  IconAlertTriangle,
  IconArrowsExchange,
  IconHeartRateMonitor,
  IconHistory,
  IconHome,
  IconLanguage,
  IconMailOff,
  IconPackages,
  IconPlugConnected,
  IconStack2,
  IconUsers,
} from '@tabler/icons-react'

/** A screen that the navigation leads to; shown to those who may read what it shows. */
export interface Place {
  readonly to: string
  readonly name: PlaceName
  /** The second key after `g`. */
  readonly key: string
  readonly right: string
  readonly icon: typeof IconHome
}

type PlaceName =
  | 'home'
  | 'cases'
  | 'exceptions'
  | 'deadLetters'
  | 'connections'
  | 'mappings'
  | 'words'
  | 'operations'
  | 'audit'
  | 'users'
  | 'system'

// biome-ignore format: a table
export const places: readonly Place[] = [
  { to: '/',             name: 'home',        key: 'h', right: 'returns.read',      icon: IconHome },
  { to: '/cases',        name: 'cases',       key: 'c', right: 'returns.read',      icon: IconPackages },
  { to: '/exceptions',   name: 'exceptions',  key: 'e', right: 'exceptions.read',   icon: IconAlertTriangle },
  { to: '/dead-letters', name: 'deadLetters', key: 'd', right: 'deliveries.read',   icon: IconMailOff },
  { to: '/connections',  name: 'connections', key: 'k', right: 'connections.read',  icon: IconPlugConnected },
  { to: '/mappings',     name: 'mappings',    key: 'm', right: 'documents.read',    icon: IconArrowsExchange },
  { to: '/words',        name: 'words',       key: 'w', right: 'vocabularies.read', icon: IconLanguage },
  { to: '/operations',   name: 'operations',  key: 'o', right: 'operations.own',    icon: IconStack2 },
  { to: '/audit',        name: 'audit',       key: 'a', right: 'audit.read',        icon: IconHistory },
  { to: '/users',        name: 'users',       key: 'u', right: 'users.read',        icon: IconUsers },
  { to: '/system',       name: 'system',      key: 's', right: 'deliveries.read',   icon: IconHeartRateMonitor },
]
