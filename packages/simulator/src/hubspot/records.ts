type Values = Record<string, string>

/** A ticket, note or contact. */
export interface CrmRecord {
  readonly id: string
  readonly properties: Values
  readonly createdAt: Date
  updatedAt: Date
  /** Ids of associated records, by type. */
  readonly associations: Record<string, string[]>
  /** What the search knows of it: as it stood some time ago. */
  readonly past: { readonly at: Date; readonly properties: Values }[]
}

export interface CrmProperty {
  readonly name: string
  readonly hasUniqueValue?: boolean
  /** Of an enumeration. */
  readonly options?: readonly { readonly value: string }[]
}

export type RecordType = 'tickets' | 'notes' | 'contacts'

/** A refusal, in HubSpot's own words. */
export interface CrmRefusal {
  readonly status: number
  readonly category: string
  readonly message: string
}

const stages = [
  { id: '1', label: 'New', displayOrder: 0, metadata: { ticketState: 'OPEN', isClosed: 'false' } },
  {
    id: '2',
    label: 'Waiting on contact',
    displayOrder: 1,
    metadata: { ticketState: 'OPEN', isClosed: 'false' },
  },
  {
    id: '3',
    label: 'Waiting on us',
    displayOrder: 2,
    metadata: { ticketState: 'OPEN', isClosed: 'false' },
  },
  {
    id: '4',
    label: 'Closed',
    displayOrder: 3,
    metadata: { ticketState: 'CLOSED', isClosed: 'true' },
  },
]

/** The pipeline that every account has; HubSpot lists stages in no particular order. */
export const usualPipelines = [
  {
    id: '0',
    label: 'Support Pipeline',
    displayOrder: 0,
    archived: false,
    stages: stages.toReversed(),
  },
]
export type CrmPipelines = typeof usualPipelines

const ownOf: Readonly<Record<RecordType, readonly string[]>> = {
  tickets: ['subject', 'content', 'hs_pipeline', 'hs_pipeline_stage'],
  notes: ['hs_timestamp', 'hs_note_body'],
  contacts: ['email', 'firstname', 'lastname'],
}

interface Options {
  readonly now: () => Date
  readonly pipelines: CrmPipelines
  /** How much later the search knows. */
  readonly searchLagMs: number
}

/** The records of an account, and what HubSpot refuses. */
export class Records {
  readonly #options: Options
  readonly #byType: Record<RecordType, Map<string, CrmRecord>> = {
    tickets: new Map(),
    notes: new Map(),
    contacts: new Map(),
  }
  /** Properties of tickets beside those of HubSpot's own. */
  readonly properties = new Map<string, CrmProperty>()
  readonly groups = new Set<string>()
  #lastId = 20_000_000_000

  constructor(options: Options) {
    this.#options = options
  }

  all(type: RecordType): readonly CrmRecord[] {
    return [...this.#byType[type].values()]
  }

  /** By id, or by a property that is unique. */
  find(type: RecordType, key: string, idProperty?: string | null): CrmRecord | undefined {
    if (!idProperty) return this.#byType[type].get(key)
    return this.all(type).find(({ properties }) => properties[idProperty] === key)
  }

  isUnique(name: string | null | undefined): boolean {
    return name === 'email' || this.properties.get(name ?? '')?.hasUniqueValue === true
  }

  create(
    type: RecordType,
    given: Values,
    associations: Record<string, string[]> = {},
  ): CrmRecord | CrmRefusal {
    const required = type === 'tickets' ? ['subject', 'hs_pipeline_stage'] : []
    const lacking = required.filter((name) => !given[name])
    if (lacking.length > 0)
      return invalid(
        `Error creating TICKET. Some required properties were not set: ${lacking.join(', ')}`,
      )
    const values = type === 'tickets' ? { hs_pipeline: '0', ...given } : given
    const problem = this.#problemOf(type, values, null)
    if (problem !== null) return problem
    this.#lastId += 1
    const at = this.#options.now()
    const id = String(this.#lastId)
    const record: CrmRecord = {
      id,
      properties: { ...values },
      createdAt: at,
      updatedAt: at,
      associations,
      past: [],
    }
    this.#byType[type].set(id, record)
    this.#remember(record)
    return record
  }

  /** An empty text clears a property. All of it is written, or nothing. */
  change(type: RecordType, record: CrmRecord, values: Values): CrmRecord | CrmRefusal {
    const { hs_pipeline: pipeline = '0' } = record.properties
    const problem = this.#problemOf(type, { hs_pipeline: pipeline, ...values }, record)
    if (problem !== null) return problem
    for (const [name, value] of Object.entries(values)) {
      if (value === '') delete record.properties[name]
      else record.properties[name] = value
    }
    record.updatedAt = this.#options.now()
    this.#remember(record)
    return record
  }

  /** As the search knows them: late. Those that it has not heard of are left out. */
  indexed(
    type: RecordType,
  ): readonly { readonly record: CrmRecord; readonly at: Date; readonly properties: Values }[] {
    const known = this.#options.now().getTime() - this.#options.searchLagMs
    return this.all(type).flatMap((record) => {
      const last = record.past.findLast(({ at }) => at.getTime() <= known)
      return last === undefined ? [] : [{ record, ...last }]
    })
  }

  #remember(record: CrmRecord): void {
    record.past.push({ at: record.updatedAt, properties: { ...record.properties } })
  }

  #problemOf(type: RecordType, values: Values, self: CrmRecord | null): CrmRefusal | null {
    for (const [name, value] of Object.entries(values)) {
      const isOwn = ownOf[type].includes(name)
      const property = this.properties.get(name)
      if (!isOwn && property === undefined) {
        return invalid(`Property values were not valid: Property "${name}" does not exist`)
      }
      const isOption = property?.options?.some((option) => option.value === value) ?? true
      if (value !== '' && !isOption) {
        return invalid(
          `Property values were not valid: ${value} was not one of the allowed options`,
        )
      }
      const other = this.isUnique(name) ? this.find(type, value, name) : undefined
      if (other !== undefined && other !== self) {
        return invalid(`Property values were not valid: ${other.id} already has that value.`)
      }
    }
    return this.#stageProblemOf(values)
  }

  #stageProblemOf({ hs_pipeline: pipeline, hs_pipeline_stage: stage }: Values): CrmRefusal | null {
    if (stage === undefined) return null
    const own = this.#options.pipelines.find(({ id }) => id === pipeline)
    if (own?.stages.some(({ id }) => id === stage)) return null
    return invalid(`Property values were not valid: ${stage} is not a valid pipeline stage`)
  }
}

function invalid(message: string): CrmRefusal {
  return { status: 400, category: 'VALIDATION_ERROR', message }
}

export function isRefusal(value: CrmRecord | CrmRefusal): value is CrmRefusal {
  return 'category' in value
}
