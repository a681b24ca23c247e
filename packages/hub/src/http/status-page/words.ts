import type {
  CustomerLine,
  CustomerMoney,
  CustomerOutcome,
  CustomerStage,
  PayWay,
} from '../../domain/index.ts'
import type { LateSource } from '../../pipeline/status-page/read-status.ts'
import { germanWords } from './words-de.ts'
import { englishWords } from './words-en.ts'

/** Everything that the status page says in one language. `{…}` stands for what is filled in. */
export interface StatusWords {
  /** Its own name, for people who look for it. */
  readonly name: string
  readonly title: string
  readonly order: string
  readonly where: string
  readonly next: string
  readonly byWhen: string
  readonly howMuch: string
  readonly goods: string
  readonly parcels: string
  readonly label: string
  readonly contact: string
  readonly chooseLanguage: string
  readonly stages: Readonly<
    Record<CustomerStage, { readonly where: string; readonly next: string }>
  >
  readonly sendBy: string
  readonly by: string
  readonly overdue: string
  readonly held: string
  readonly late: string
  readonly lateSource: string
  readonly sources: Readonly<Record<LateSource, string>>
  readonly note: string
  readonly asked: string
  readonly received: string
  readonly outcome: string
  readonly resolutions: Readonly<Record<CustomerLine['resolution'], string>>
  readonly outcomes: Readonly<Record<CustomerOutcome, string>>
  readonly unnamed: string
  readonly more: string
  readonly ways: Readonly<Record<PayWay, string>>
  readonly moneyStatus: Readonly<Record<CustomerMoney['status'], string>>
  readonly noMoney: string
  readonly labelPrint: string
  readonly labelCode: string
  readonly labelUntil: string
  readonly parcelIn: string
  readonly parcelOut: string
  readonly track: string
  readonly email: string
  readonly phone: string
  readonly page: string
  readonly asOf: string
  readonly question: {
    readonly title: string
    readonly why: string
    readonly field: string
    readonly send: string
    readonly wrong: string
    readonly paused: string
    readonly spent: string
  }
  readonly ended: { readonly title: string; readonly text: string }
  readonly unknown: { readonly title: string; readonly text: string }
  readonly busy: { readonly title: string; readonly text: string }
}

/** By their language tags; English is for everybody else. */
export const statusWords = { en: englishWords, de: germanWords } as const satisfies Record<
  string,
  StatusWords
>
export type StatusLanguage = keyof typeof statusWords

/** Puts values into words. Nothing is escaped: the template does that. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}
