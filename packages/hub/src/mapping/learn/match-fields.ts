import { type Concept, type ConceptName, conceptNames, concepts } from './concepts.ts'
import { entities, plainLemmas } from './lemmas.ts'
import type { NameLemmas } from './name-lemmas.ts'
import type { PathKey } from './path-text.ts'
import type { PlaceNode } from './survey.ts'
import type { ValueShape } from './value-shape.ts'

/** A field of the source that can hold something a canonical event tells. */
export interface SourceField {
  readonly node: PlaceNode
  readonly own: NameLemmas
  /** Names of what it stands in, from the inside: they say what it is about. */
  readonly outer: readonly NameLemmas[]
  readonly shape: ValueShape
  /** How often it is there where its record is, 0 to 1. */
  readonly presence: number
  /** 0 to 1: how much a place speaks for a field, such as one outside of the record. */
  readonly weight: number
  /** Where it is read: a variable, and the names from there. */
  readonly root: string
  readonly keys: readonly PathKey[]
  /** Both, as an expression. */
  readonly path: string
}

/** A guess what a field means. */
export interface Match {
  readonly concept: ConceptName
  readonly field: SourceField
  readonly certainty: number
  /** Fields that could be meant as well, the likeliest first. */
  readonly others: readonly SourceField[]
}

/** What is less likely is no guess. */
const leastCertainty = 0.45
/** A second field that is so near casts doubt on the first. */
const near = 0.07
const doubt = 0.8

/** How surely a field holds what a concept is about, by its name, its place and its values. */
export function certaintyOf(name: ConceptName, field: SourceField): number {
  const concept: Concept = concepts[name]
  const fit = concept.fits(field.shape)
  if (fit === 'against' || isForbidden(concept, field)) return 0
  const named = nameCertainty(concept, field)
  const likely = concept.likely?.(field.shape) ?? 0
  const proven = fit === 'proof' ? (concept.proof ?? 0) : likely
  // A name and values that say the same leave half of the doubt.
  const joined =
    fit === 'proof' && named > 0.4 ? 1 - (1 - Math.max(named, proven)) / 2 : Math.max(named, proven)
  return joined * field.weight
}

function isForbidden({ never = [] }: Concept, { own, outer }: SourceField): boolean {
  return [own, ...outer].some(({ lemmas }) => lemmas.some((lemma) => never.includes(lemma)))
}

/**
 * Penalties: for a word that the pattern does not have, before the one that it is about or behind it (a
 * customer's order number is one of an order), and for standing below something else.
 */
const qualifier = 0.88
const otherHead = 0.62
const extraWord = 0.7
const unknownWord = 0.93
const elsewhere = 0.6
/** A word found so many levels above the field. */
const levels = [1, 0.97, 0.88, 0.78]

function nameCertainty({ names, scope, of = [] }: Concept, { own, outer }: SourceField): number {
  let best = 0
  for (const [certainty, pattern] of names) {
    const wanted = pattern.split(' ').map((word) => word.split('|'))
    const found = wanted.map((words) => levelOf(words, own, outer))
    if (found.includes(-1)) continue
    // What is named by its surroundings alone must have a name that says nothing else.
    if (!found.includes(0) && !isBlank(own)) continue
    const all = new Set(wanted.flat())
    const around = new Set([...all, ...of, ...usual[scope]])
    const levelWeight = found.reduce((weight, level) => weight * (levels[level] ?? 0.8), 1)
    const score =
      certainty *
      own.certainty *
      levelWeight *
      extraWeight(own, all) *
      unknownWord ** own.unknown *
      (isElsewhere(around, own, outer) ? elsewhere : 1)
    best = Math.max(best, score)
  }
  return best
}

const blank: ReadonlySet<string> = new Set(['value', 'id', 'number'])

function isBlank({ lemmas, unknown }: NameLemmas): boolean {
  return unknown === 0 && lemmas.every((lemma) => blank.has(lemma))
}

function extraWeight({ lemmas }: NameLemmas, wanted: ReadonlySet<string>): number {
  const head = lemmas.findLastIndex((lemma) => wanted.has(lemma) && !plainLemmas.has(lemma))
  return lemmas.reduce((weight, lemma, index) => {
    if (wanted.has(lemma) || plainLemmas.has(lemma)) return weight
    return weight * (head < 0 ? extraWord : index < head ? qualifier : otherHead)
  }, 1)
}

/** How many levels above the field one of the words stands; -1 for nowhere. */
function levelOf(words: readonly string[], own: NameLemmas, outer: readonly NameLemmas[]): number {
  if (words.some((word) => own.lemmas.includes(word))) return 0
  const level = outer.findIndex(({ lemmas }) => words.some((word) => lemmas.includes(word)))
  return level < 0 ? -1 : level + 1
}

/** What fields of a scope stand in. */
const usual = { header: ['return'], line: ['return', 'line', 'product', 'order'] } as const

/** Whether the nearest thing around a field is one that the concept has nothing to do with. */
function isElsewhere(
  around: ReadonlySet<string>,
  own: NameLemmas,
  outer: readonly NameLemmas[],
): boolean {
  if (own.lemmas.some((lemma) => around.has(lemma) && entities.has(lemma))) return false
  const nearest = outer.find(({ lemmas }) => lemmas.some((lemma) => entities.has(lemma)))
  return nearest !== undefined && !nearest.lemmas.some((lemma) => around.has(lemma))
}

/**
 * Gives each concept of a scope the field that fits best. A field means one thing only; what fits best of all
 * is settled first.
 */
export function matchFields(
  fields: readonly SourceField[],
  wanted: readonly ConceptName[],
): Map<ConceptName, Match> {
  const guesses = wanted.flatMap((concept) =>
    fields.flatMap((field) => {
      const certainty = certaintyOf(concept, field)
      return certainty < leastCertainty ? [] : [{ concept, field, certainty }]
    }),
  )
  // Stable: among equals the order of concepts and of fields decides.
  guesses.sort((a, b) => b.certainty - a.certainty)
  const matches = new Map<ConceptName, Match>()
  const used = new Set<SourceField>()
  for (const { concept, field, certainty } of guesses) {
    if (matches.has(concept) || used.has(field)) continue
    used.add(field)
    matches.set(concept, { concept, field, certainty, others: [] })
  }
  for (const [concept, match] of matches) {
    const others = guesses.filter(
      (guess) => guess.concept === concept && guess.field !== match.field,
    )
    const rival = others.find(({ field }) => !isSettled(matches, field, match.certainty))
    const isClose = rival !== undefined && match.certainty - rival.certainty < near
    matches.set(concept, {
      ...match,
      certainty: isClose ? match.certainty * doubt : match.certainty,
      others: others.slice(0, 4).map(({ field }) => field),
    })
  }
  return matches
}

/** Whether a field means something else, at least as surely. */
function isSettled(
  matches: ReadonlyMap<ConceptName, Match>,
  field: SourceField,
  certainty: number,
): boolean {
  return [...matches.values()].some(
    (match) => match.field === field && match.certainty >= certainty - near,
  )
}

/** Concepts of a scope. */
export function conceptsOf(scope: Concept['scope']): ConceptName[] {
  return conceptNames.filter((name) => concepts[name].scope === scope)
}
