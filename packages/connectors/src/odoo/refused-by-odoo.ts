import type { ExceptionCode } from '@backhaul/sdk/canonical'
import { TerminalError } from '@backhaul/sdk/connector'
import { odooCodes } from './client/odoo.ts'

const businessCodes: ReadonlySet<string> = new Set([
  odooCodes.refused,
  odooCodes.invalid,
  odooCodes.warning,
])

/**
 * Runs a step, and says what it means for the return where Odoo refuses: its own sentence
 * where that is a rule of the business (a closed period, a tax), and one of ours where the user lacks a right.
 */
export async function asRefusal<T>(
  { what, exception }: { readonly what: string; readonly exception?: ExceptionCode },
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error
    const { code, status } = error
    if (businessCodes.has(code)) {
      const reason = `Odoo refused ${what}: ${(error.reason ?? code).replace(/[.\s]+$/, '')}.`
      throw new TerminalError({ code, status, exception, reason, cause: error })
    }
    if (code !== odooCodes.forbidden) throw error
    const reason = `The hub's user in Odoo may not do this: ${what}. It lacks a right, or the document is of another company.`
    throw new TerminalError({ code, status, reason, cause: error })
  }
}
