/** What a person who knows the channel of the drill would say. */

/** Where each field of a request stands, by the place in the document. `null`: there is none. */
export const truth: Readonly<Record<string, string>> = {
  'events[0].type': 'return.requested',
  'events[0].time': 'time(record.inhoud.aanvraag.aangemaaktOp, constants.zone, "dd-MM-yyyy HH:mm")',
  'constants.zone': 'Europe/Amsterdam',
  'events[0].data.channel': '{ value: ecommerce }',
  'events[0].data.sourceRef': 'record.inhoud.aanvraag.kenmerk',
  'events[0].data.customer.partyId': 'record.inhoud.koper.klantnr',
  'events[0].data.customer.name': 'record.inhoud.koper.weergavenaam',
  'events[0].data.customer.email': 'record.inhoud.koper.contact["e-mail"]',
  'events[0].data.customer.language': 'record.inhoud.koper.contact.taal',
  'events[0].data.customer.shipFrom.street': 'record.inhoud.koper.ophaaladres.straat',
  'events[0].data.customer.shipFrom.city': 'record.inhoud.koper.ophaaladres.plaats',
  'events[0].data.customer.shipFrom.postalCode': 'record.inhoud.koper.ophaaladres.postcode',
  'events[0].data.customer.shipFrom.country': 'record.inhoud.koper.ophaaladres.land',
  'events[0].data.orderRefs[0]': 'record.inhoud.verkoop.bestelnummer',
  'events[0].data.currency': 'record.inhoud.verkoop.valuta',
  'events[0].data.note': 'record.inhoud.opmerking',
  'events[0].data.lines.each': 'record.inhoud.regels.regel',
  'events[0].data.lines.fields.sourceLineRef': 'line.regelnr',
  'events[0].data.lines.fields.product.sku': 'line.goed.artikelcode',
  'events[0].data.lines.fields.product.gtin': 'line.goed.streepjescode',
  'events[0].data.lines.fields.product.name': 'line.goed.omschrijving',
  'events[0].data.lines.fields.quantity':
    'quantity(decimal(line.hoeveelheid.waarde, ","), line.hoeveelheid.eenheid, line.goed.artikelcode)',
  'events[0].data.lines.fields.serials': 'line.serienummers',
  'events[0].data.lines.fields.reason.code': 'vocabulary("reason", line.aanleiding.sleutel)',
  'events[0].data.lines.fields.reason.text': 'line.aanleiding.toelichting',
  'events[0].data.lines.fields.requestedResolution': 'vocabulary("resolution", line.gewenst)',
}

/** What the words of the channel mean. */
export const meanings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  reason: {
    KAPOT: 'defective_consumer',
    TRANSPORTSCHADE: 'damaged_in_transit',
    VERKEERD_ARTIKEL: 'wrong_goods',
    NIET_MEER_NODIG: 'no_longer_needed',
    ANDERS_DAN_GEDACHT: 'not_as_expected',
    ZOEK_SPEL: 'missing_parts',
  },
  resolution: {
    'geld terug': 'refund',
    ruilen: 'exchange',
    reparatie: 'repair',
    tegoedbon: 'store_credit',
  },
  unit: { stuks: 'EA', doos: 'CS' },
}

/** What is answered where the draft asks. */
export const answers: Readonly<Record<string, string>> = Object.fromEntries(
  ['constants.zone', 'events[0].data.channel', 'events[0].data.customer.name'].flatMap((path) => {
    const answer = truth[path]
    return answer === undefined ? [] : [[path, answer]]
  }),
)
