import type { DeliveryCommand, DeliveryContact } from './delivery.ts'

/** What is wrong with a template, in which of its fields; empty for the whole. */
export interface TemplateProblem {
  readonly path: string
  readonly message: string
}

/** A message to a customer that nobody is sent. */
export interface NoticeToPreview<Config> {
  readonly config: Config
  readonly command: DeliveryCommand<'customer.notify'>
  readonly contact?: DeliveryContact | undefined
  /** A site's own template by its name, as its document has it; undefined where there is none. */
  readonly template: (name: string) => unknown
}

export interface NoticePreview {
  readonly language: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Whether the site's own words were used. */
  readonly isOwn: boolean
}

/** Words that a site can change, by documents of the kind `template` that are named `<connection>/<name>`. */
export interface TemplatesDefinition<Config> {
  /** The messages that there are words for. */
  readonly names: readonly string[]
  /** What is wrong with a site's own; nothing where it can be used. Pure and total. */
  readonly check: (name: string, content: unknown) => readonly TemplateProblem[]
  /**
   * What would be sent.
   *
   * @throws {DeliveryError} where it could not be sent either.
   */
  readonly preview: (notice: NoticeToPreview<Config>) => NoticePreview
}
