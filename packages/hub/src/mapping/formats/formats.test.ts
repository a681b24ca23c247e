import assert from 'node:assert/strict'
import type { z } from 'zod'
import { decode } from './decode.ts'
import { encode } from './encode.ts'
import type { FormatProblem } from './format-problem.ts'
import { sourceFormat } from './source-format.ts'
import { targetFormat } from './target-format.ts'

/** What the tests of all formats read and write with. */

export function read(text: string | Uint8Array, options: z.input<typeof sourceFormat>): unknown {
  const result = decode(bytesOf(text), sourceFormat.parse(options))
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.problem))
  return result.value
}

export function problem(
  text: string | Uint8Array,
  options: z.input<typeof sourceFormat>,
): FormatProblem {
  const result = decode(bytesOf(text), sourceFormat.parse(options))
  assert.ok(!result.ok, 'it was read')
  return result.problem
}

export function write(value: unknown, options: z.input<typeof targetFormat>): string {
  const result = encode(value, targetFormat.parse(options))
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.problem))
  return result.body
}

export function unwritable(value: unknown, options: z.input<typeof targetFormat>): string {
  const result = encode(value, targetFormat.parse(options))
  assert.ok(!result.ok, 'it was written')
  return result.problem.message
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text) : text
}
