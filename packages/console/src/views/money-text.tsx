import { useTranslation } from 'react-i18next'

/** An amount as it is on the wire: `{amount: "120.50", currency: "EUR"}`. */
export interface WireMoney {
  readonly amount: string
  readonly currency: string
}

/** `120,50 €` as the reader's language writes it; no digit is rounded away. */
export function moneyText({ amount, currency }: WireMoney, language: string): string {
  const digits = amount.split('.')[1]?.length ?? 0
  const format = new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  // As text, which Intl reads exactly; a number would lose digits.
  return format.format(amount as `${number}`)
}

export function MoneyText({ value }: { readonly value: WireMoney }) {
  const { i18n } = useTranslation()
  return <span className="figure">{moneyText(value, i18n.language)}</span>
}
