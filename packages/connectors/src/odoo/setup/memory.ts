import { z } from 'zod'
import { type Odoo, parseAs } from '../client/odoo.ts'
import { setupKey } from './ours.ts'
import type { Site } from './site.ts'

/**
 * What something was before the set-up changed it, kept in the database itself, as a system parameter
 * (`ir.config_parameter`): whoever removes the set-up may be somebody else, on another machine.
 */

export async function remember(
  { config }: Site,
  admin: Odoo,
  { name, value }: { readonly name: string; readonly value: string },
): Promise<void> {
  await admin.act('ir.config_parameter', 'set_param', {
    named: { key: setupKey(config, name), value },
  })
}

export async function recall({ config }: Site, admin: Odoo, name: string): Promise<string | null> {
  const value = await admin.ask('ir.config_parameter', 'get_param', {
    named: { key: setupKey(config, name) },
  })
  return parseAs(z.union([z.literal(false).transform(() => null), z.string()]), value, 'get_param')
}

/** Odoo deletes a parameter that is set to nothing. */
export async function forget({ config }: Site, admin: Odoo, name: string): Promise<void> {
  await admin.act('ir.config_parameter', 'set_param', {
    named: { key: setupKey(config, name), value: false },
  })
}
