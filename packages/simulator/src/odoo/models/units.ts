import type { Env } from '../orm/env.ts'
import { roundTo } from '../orm/python.ts'

/** An amount of a unit of measure in another unit, rounded as quantities are. */
export function convertUnits(
  env: Env,
  quantity: number,
  { from, to }: { readonly from: unknown; readonly to: unknown },
): number {
  if (from === to || !from || !to) return quantity
  return roundTo((quantity * factorOf(env, from)) / factorOf(env, to), 2)
}

/** A price for one of a unit as a price for one of another. */
export function convertPrice(
  env: Env,
  price: number,
  { from, to }: { readonly from: unknown; readonly to: unknown },
): number {
  if (from === to || !from || !to) return price
  return (price / factorOf(env, from)) * factorOf(env, to)
}

function factorOf(env: Env, unit: unknown): number {
  return env.get('uom.uom', unit)['factor'] as number
}
