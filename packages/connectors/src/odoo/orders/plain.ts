/** Text that people typed or pasted, as the hub takes it: bounded, and without control characters. */
export function plain(value: string | null, max: number): string | undefined {
  const text = (value ?? '')
    .slice(0, max)
    .replaceAll(/[\p{Cc}\p{Surrogate}]+/gu, ' ')
    .trim()
  return text === '' ? undefined : text
}
