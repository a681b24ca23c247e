/**
 * A channel that nobody has written code for: deeply nested JSON in Dutch, its own words for everything,
 * decimal commas, and times as clocks in Amsterdam show them. Same seed, same messages.
 */

/** A sample as it would be sent. */
export interface DrillSample {
  readonly name: string
  readonly bytes: Buffer
}

/** Words that the channel uses; the last ones of each are seldom. */
const reasons = [
  'KAPOT',
  'TRANSPORTSCHADE',
  'VERKEERD_ARTIKEL',
  'NIET_MEER_NODIG',
  'ANDERS_DAN_GEDACHT',
  'ZOEK_SPEL',
]
const wishes = ['geld terug', 'ruilen', 'reparatie', 'tegoedbon']
const units = ['stuks', 'doos']
const products = [
  ['PMP-0012', 'Dompelpomp 12V'],
  ['FLT-0440', 'Filterpatroon fijn'],
  ['SLG-1505', 'Slang 15 m'],
  ['KLP-0031', 'Terugslagklep'],
  ['MTR-2207', 'Motor 220 V'],
] as const
const people = ['J. de Vries', 'A. Bakker', 'S. Visser', 'M. Smit', 'L. Meijer', 'T. de Boer']
const cities = ['Utrecht', 'Gouda', 'Zwolle', 'Breda', 'Assen'] as const

/** Makes messages of the channel. */
export function drillSamples({
  seed,
  count,
}: {
  readonly seed: number
  readonly count: number
}): DrillSample[] {
  const dice = createDice(seed)
  return Array.from({ length: count }, (_, index) => ({
    name: `aanvraag-${String(index + 1).padStart(2, '0')}.json`,
    bytes: Buffer.from(JSON.stringify(message(dice, index), null, 1)),
  }))
}

type Dice = (sides: number) => number

/** Lehmer's generator: the same numbers on every machine. */
export function createDice(seed: number): Dice {
  let state = (seed % 2_147_483_646) + 1
  return (sides) => {
    state = (state * 48_271) % 2_147_483_647
    return state % sides
  }
}

function message(dice: Dice, index: number): unknown {
  const requested = { day: 1 + dice(28), month: 1 + dice(12), hour: dice(24), minute: dice(60) }
  const lineCount = 1 + dice(3)
  const customer = 50_000 + dice(900)
  return {
    bericht: { soort: 'RETOUR_AANVRAAG', volgnr: 48_200 + index, versie: 3 },
    inhoud: {
      aanvraag: {
        kenmerk: `RA-2026-${String(1_000 + index)}`,
        aangemaaktOp: clock(requested),
        toestand: dice(4) === 0 ? 'wacht op klant' : 'ter beoordeling',
      },
      koper: {
        klantnr: `KL-${customer}`,
        weergavenaam: people[dice(people.length)],
        contact: { 'e-mail': `klant${customer}@voorbeeld.example`, taal: 'nl' },
        ophaaladres: {
          straat: `Dorpsstraat ${1 + dice(90)}`,
          postcode: `${1_000 + dice(8_000)} AB`,
          plaats: cities[dice(cities.length)],
          land: 'NL',
        },
      },
      verkoop: { bestelnummer: `B-${90_000 + dice(9_000)}`, valuta: 'EUR' },
      regels: {
        totaalAantal: lineCount,
        regel: Array.from({ length: lineCount }, (_, line) => lineOf(dice, line)),
      },
      ...(dice(3) === 0 ? { opmerking: 'Graag contact voor het ophalen' } : {}),
    },
  }
}

function lineOf(dice: Dice, index: number): unknown {
  const [code, name] = products[dice(products.length)] ?? products[0]
  const net = 500 + dice(90_000)
  const isRare = dice(20) === 0
  return {
    regelnr: (index + 1) * 10,
    goed: {
      artikelcode: code,
      streepjescode: gtinOf(871_000_000_000 + dice(99_999)),
      omschrijving: name,
    },
    hoeveelheid: { waarde: `${1 + dice(4)},0`, eenheid: units[dice(8) === 0 ? 1 : 0] },
    aanleiding: {
      sleutel: isRare ? reasons.at(-1) : reasons[dice(reasons.length - 1)],
      ...(dice(2) === 0 ? { toelichting: 'Doet het niet meer sinds gisteren' } : {}),
    },
    gewenst: wishes[dice(wishes.length)],
    bedrag: { netto: decimal(net), btw: decimal(Math.round(net * 0.21)) },
    ...(dice(3) === 0 ? { serienummers: [`SN${100_000 + dice(900_000)}`] } : {}),
  }
}

/** `23-11-2026 09:30`. */
function clock(at: { day: number; month: number; hour: number; minute: number }): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(at.day)}-${two(at.month)}-2026 ${two(at.hour)}:${two(at.minute)}`
}

/** `1.204,50`. */
function decimal(cents: number): string {
  const whole = String(Math.floor(cents / 100)).replaceAll(/\B(?=(\d{3})+$)/g, '.')
  return `${whole},${String(cents % 100).padStart(2, '0')}`
}

/** A GTIN with its check digit. */
export function gtinOf(body: number): string {
  const digits = String(body).split('').map(Number)
  const sum = digits
    .toReversed()
    .reduce((total, digit, index) => total + digit * (index % 2 ? 1 : 3), 0)
  return `${body}${(10 - (sum % 10)) % 10}`
}
