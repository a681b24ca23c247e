import type { Env } from './env.ts'
import type { Field } from './fields.ts'
import type { Row, Values } from './rows.ts'

/** What may be done with records; the words are those of `has_access`. */
export type Operation = 'create' | 'read' | 'unlink' | 'write'

/** A value that has to be worked out anew when records that it rests on change. */
export interface Recomputation {
  readonly depends: readonly Dependency[]
  /** Works the values of one record out, and keeps them with `env.settle`. */
  readonly run: (env: Env, row: Row) => void
}

/** Records of `model`, where one of `fields` changes, or is written again where it is in `touched`. */
interface Dependency {
  readonly model: string
  readonly fields: readonly string[]
  readonly touched?: readonly string[]
  /** The field that leads from there to the record that rests on it. */
  readonly via: string
}

/** A method that can be called from outside. */
export interface Method {
  /** The names of its arguments in order; one with a question mark may be left out. */
  readonly params: readonly string[]
  /** The first version of Odoo that has it, and the last. */
  readonly since?: number
  readonly until?: number
  /** A method of the model and not of records: it takes no ids. */
  readonly isOfModel?: boolean
  /** Takes any other argument too, and fails in the depths of Odoo where it does not know it. */
  readonly takesAnything?: boolean
  readonly run: (env: Env, call: MethodCall) => unknown
}

/** The records and arguments of one call. */
export interface MethodCall {
  readonly model: ModelDefinition
  readonly ids: readonly number[]
  readonly args: Values
}

/** All that the double knows of one model of Odoo. */
export interface ModelDefinition {
  readonly name: string
  /** What Odoo calls a record of it in its messages. */
  readonly label: string
  readonly fields: Readonly<Record<string, Field>>
  /** What rows hold all the same, although this version shows no such fields. */
  readonly hidden?: Readonly<Record<string, Field>>
  /** The stored fields by which records are looked for often. */
  readonly indexed?: readonly string[]
  readonly order?: string
  /** The link by which `child_of` climbs. */
  readonly parent?: string
  readonly displayName?: (env: Env, row: Row) => string
  /** The groups that may do what the integration user may not. */
  readonly forbidden?: Partial<Record<Operation, string>>
  /** Fills in what was not given; `values` is what was. */
  readonly defaults?: (env: Env, values: Values) => Values
  /** Refuses or bends a change before it is made. */
  readonly beforeWrite?: (env: Env, change: Change) => Values
  /** What follows from a change. */
  readonly afterWrite?: (env: Env, change: Change) => void
  readonly afterCreate?: (env: Env, row: Row, values: Values) => void
  readonly beforeUnlink?: (env: Env, row: Row) => void
  readonly recompute?: readonly Recomputation[]
  readonly methods?: Readonly<Record<string, Method>>
}

/** A write to one record. */
export interface Change {
  readonly row: Row
  /** What goes into its row. */
  readonly values: Values
  /** What the caller sent, with commands for its lines. */
  readonly given: Values
}

/** Every model, and which of them rest on which. */
export class Registry {
  private readonly models = new Map<string, ModelDefinition>()
  private readonly dependents = new Map<string, Dependent[]>()

  add(model: ModelDefinition): void {
    this.models.set(model.name, model)
    for (const recomputation of model.recompute ?? []) {
      for (const dependency of recomputation.depends) {
        const list = this.dependents.get(dependency.model) ?? []
        list.push({ ...dependency, target: { model: model.name, recomputation } })
        this.dependents.set(dependency.model, list)
      }
    }
  }

  find(name: string): ModelDefinition | undefined {
    return this.models.get(name)
  }

  get(name: string): ModelDefinition {
    const model = this.models.get(name)
    if (!model) throw new Error(`there is no model ${name}`)
    return model
  }

  /** Gives models the fields that they have in another version; what is stored stays as it is. */
  adapt(change: (model: ModelDefinition) => ModelDefinition): void {
    for (const model of this.models.values()) this.models.set(model.name, change(model))
  }

  /** Takes away models that another version does not have. */
  drop(names: readonly string[]): void {
    for (const name of names) this.models.delete(name)
  }

  all(): readonly ModelDefinition[] {
    return [...this.models.values()]
  }

  /** What rests on records of a model. */
  restingOn(model: string): readonly Dependent[] {
    return this.dependents.get(model) ?? []
  }
}

/** A dependency, and what is worked out by it. */
export interface Dependent extends Dependency {
  readonly target: Target
}

/** A recomputation and the model that it is for. */
export interface Target {
  readonly model: string
  readonly recomputation: Recomputation
}
