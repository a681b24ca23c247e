import { masked } from './masking.ts'

/**
 * Words of which the names of fields are made that hold who somebody is, in whatever system: compared without
 * case and signs, so that `postal_code`, `postalCode` and `PostalCode` are one.
 */
const personalNames: ReadonlySet<string> = new Set(
  `firstname lastname fullname givenname familyname surname middlename displayname nickname username customername contactname
  recipientname buyername companyname attention phone phonenumber mobile mobilephone fax telephone street street1 street2
  street3 streetname housenumber address1 address2 address3 line1 line2 addressline1 addressline2 addressline3 city zip zipcode
  postcode postalcode iban bic accountnumber vat vatnumber vatid taxid ipaddress clientip customeripaddress useragent
  customeruseragent birthday dateofbirth signature signedby latitude longitude`.split(/\s+/),
)

/** What people write freely can name anybody. */
const freeText: ReadonlySet<string> = new Set(
  'comment comments htmlbody plainbody customernote customertext customercomment returnnote'.split(
    ' ',
  ),
)

/** Below a field of these names, `name` is a person's or a company's, and not a product's. */
const aboutPeople =
  /customer|buyer|contact|address|shipfrom|shipto|billto|shipping|billing|requester|submitter|recipient|consignee|sender|person|party|partner|author|user|owner/

const email = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g

/** A body with its personal data masked, and what it held. */
export interface MaskedBody {
  readonly text: string
  /** What was masked: the longest first. */
  readonly values: readonly string[]
}

/**
 * The JSON of a body without what tells who somebody is, by the names of its fields and the form of its values.
 * Null for what is not JSON: nobody can say where in it persons are named.
 */
export function maskBody(body: Buffer): MaskedBody | null {
  const values = new Set<string>()
  let parsed: unknown
  try {
    parsed = JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
  if (typeof parsed !== 'object' || parsed === null) return null
  const text = JSON.stringify(maskValue(parsed, { isAboutPeople: false, values }))
  return { text, values: [...values].toSorted((a, b) => b.length - a.length) }
}

/** A value of JSON without what tells who somebody is. */
export function maskPersonal(value: unknown): unknown {
  return maskValue(value, { isAboutPeople: false, values: new Set() })
}

interface Place {
  readonly isAboutPeople: boolean
  readonly values: Set<string>
}

function maskValue(value: unknown, place: Place): unknown {
  if (typeof value === 'string') return maskEmails(value, place)
  if (Array.isArray(value)) return value.map((one) => maskValue(one, place))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, maskField(name, inner, place)]),
  )
}

function maskField(name: string, value: unknown, { isAboutPeople, values }: Place): unknown {
  const key = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const isPersonal =
    personalNames.has(key) ||
    freeText.has(key) ||
    key.includes('email') ||
    (isAboutPeople && (key === 'name' || key === 'company'))
  if (isPersonal && (typeof value === 'string' || typeof value === 'number')) {
    if (String(value).trim() === '') return value
    values.add(String(value))
    return masked
  }
  return maskValue(value, { isAboutPeople: isAboutPeople || aboutPeople.test(key), values })
}

function maskEmails(text: string, { values }: Place): string {
  return text.replaceAll(email, (found) => {
    values.add(found)
    return masked
  })
}

/** Shorter ones stand in texts that are about something else. */
const shortestValue = 3

/** What was made of a body, without what was masked in it, wherever it went. */
export function hideValues(made: unknown, values: readonly string[]): unknown {
  const hidden = values.filter((value) => value.trim().length >= shortestValue)
  return hide(maskPersonal(made), hidden)
}

function hide(made: unknown, hidden: readonly string[]): unknown {
  if (typeof made === 'string') {
    return hidden.reduce((text, value) => text.replaceAll(value, masked), made)
  }
  if (Array.isArray(made)) return made.map((one) => hide(one, hidden))
  if (typeof made !== 'object' || made === null) return made
  return Object.fromEntries(
    Object.entries(made).map(([name, value]) => [name, hide(value, hidden)]),
  )
}
