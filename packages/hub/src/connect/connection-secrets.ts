import { mapSecrets } from '@backhaul/sdk/connector'
import { type KeyRing, open, seal } from '../platform/crypto/key-ring.ts'
import type { FieldProblem } from '../platform/errors.ts'

/** What stands for a secret wherever a configuration is shown. Sent back, it means the stored one. */
const secretMask = '********'

export type Config = Readonly<Record<string, unknown>>

/** Whose configuration it is, and where in it the secrets are. */
export interface SecretPlaces {
  readonly keyRing: KeyRing
  readonly connectionId: string
  readonly secretPaths: readonly string[]
}

/** Seals each secret to its place: it opens at this path of this connection, and nowhere else. */
export function sealSecrets(config: Config, places: SecretPlaces): Config {
  const { keyRing, secretPaths } = places
  return map(config, secretPaths, (text, path) => seal(keyRing, text, placeOf(places, path)))
}

/**
 * Opens each secret. One that is not sealed was stored before its field was marked as a secret.
 *
 * @throws {HubError} SECRET_UNREADABLE.
 */
export function openSecrets(config: Config, places: SecretPlaces): Config {
  return map(config, places.secretPaths, (text, path) => openSecret(text, path, places))
}

export function maskSecrets(config: Config, secretPaths: readonly string[]): Config {
  return map(config, secretPaths, () => secretMask)
}

/** Masks whatever is sealed, for a configuration whose connector is not there to say where its secrets are. */
export function maskSealed(config: Config): Config {
  const text = JSON.stringify(config, (_key, value: unknown) =>
    typeof value === 'string' && isSealed(value) ? secretMask : value,
  )
  return JSON.parse(text) as Config
}

/**
 * Puts the stored secrets where a new configuration holds the mask.
 *
 * A mask stands for the secret at the same path. Where a list of secrets got shorter, that would be
 * another one than its sender means, so there the list has to be sent without masks.
 *
 * @throws {HubError} SECRET_UNREADABLE for a stored secret that is to be kept and cannot be opened.
 */
export function keepStoredSecrets(
  given: Config,
  stored: Config | null,
  places: SecretPlaces,
): { readonly config: Config; readonly problems: readonly FieldProblem[] } {
  const { secretPaths } = places
  const sealed = new Map<string, string>()
  if (stored !== null) map(stored, secretPaths, (text, path) => sealed.set(path, text))
  const givenPaths: string[] = []
  map(given, secretPaths, (_text, path) => givenPaths.push(path))
  const problems: FieldProblem[] = []
  const config = map(given, secretPaths, (text, path) => {
    if (text !== secretMask) return text
    const known = sealed.get(path)
    if (
      known !== undefined &&
      !isShortened(path, { before: [...sealed.keys()], after: givenPaths })
    ) {
      return openSecret(known, path, places)
    }
    problems.push({
      pointer: `/config/${path.replaceAll('.', '/')}`,
      code: 'secret_missing',
      message: `${secretMask} stands for a stored secret, and here it is not clear for which: send the secret`,
    })
    return text
  })
  return { config, problems }
}

const listItem = /\.\d+$/

function isShortened(
  path: string,
  { before, after }: { before: readonly string[]; after: readonly string[] },
): boolean {
  if (!listItem.test(path)) return false
  const list = path.replace(listItem, '')
  const items = (paths: readonly string[]) =>
    paths.filter((one) => listItem.test(one) && one.replace(listItem, '') === list).length
  return items(after) < items(before)
}

function openSecret(text: string, path: string, places: SecretPlaces): string {
  return isSealed(text) ? open(places.keyRing, text, placeOf(places, path)).toString('utf8') : text
}

function isSealed(text: string): boolean {
  return text.startsWith('bh1.')
}

function placeOf({ connectionId }: SecretPlaces, path: string): string {
  return `connection/${connectionId}/${path}`
}

function map(
  config: Config,
  secretPaths: readonly string[],
  replace: (text: string, path: string) => unknown,
): Config {
  return mapSecrets(config, secretPaths, replace) as Config
}
