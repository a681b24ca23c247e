import { createDice, type DrillSample, gtinOf } from './channel.ts'

/** Channels in other languages and formats, each with what a person would write. Same seed, same samples. */
interface OtherChannel {
  readonly name: string
  readonly topic: string
  readonly samples: readonly DrillSample[]
  readonly truth: Readonly<Record<string, string>>
}

const dice = createDice(12_345)

function pick(...list: readonly string[]): string {
  return list[dice(list.length)] ?? ''
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

const spanish: OtherChannel = {
  name: 'returns in XML, in Spanish',
  topic: 'devoluciones',
  samples: range(6).map((k) => ({
    name: `d${k}.xml`,
    bytes: Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?><LoteDevoluciones><Cabecera><Generado>2026-11-0${k + 1}T08:00:00</Generado><Emisor>TIENDA9</Emisor></Cabecera>${range(
        4,
      )
        .map(
          (i) =>
            `<Devolucion estado="${pick('Pendiente', 'Autorizada')}"><NumDevolucion>D${k}${i}77</NumDevolucion><FechaSolicitud>${two(1 + dice(28))}/${two(1 + dice(12))}/2026</FechaSolicitud><PedidoOrigen>PV-${30000 + dice(9999)}</PedidoOrigen><Cliente><Codigo>C${100 + dice(99)}</Codigo><RazonSocial>${pick('Talleres Ruiz SL', 'Bombas del Sur', 'Hidro Levante SA')}</RazonSocial><CorreoElectronico>ventas${dice(99)}@cliente.example</CorreoElectronico></Cliente><Divisa>EUR</Divisa><Lineas>${range(
              1 + dice(3),
            )
              .map(
                (l) =>
                  `<Linea><Orden>${l + 1}</Orden><Referencia>AB-${100 + dice(40)}</Referencia><CodigoEAN>${gtinOf(841000000000 + dice(99999))}</CodigoEAN><Descripcion>${pick('Bomba sumergible', 'Filtro fino', 'Manguera 15 m')}</Descripcion><Unidades>${1 + dice(5)}</Unidades><MotivoDevolucion>${pick('Producto defectuoso', 'Articulo equivocado', 'Ya no lo necesita')}</MotivoDevolucion>${dice(2) ? '<Observaciones>Caja sin abrir</Observaciones>' : ''}</Linea>`,
              )
              .join('')}</Lineas></Devolucion>`,
        )
        .join('')}</LoteDevoluciones>`,
    ),
  })),
  truth: {
    'source.format': 'xml',
    'source.records': 'LoteDevoluciones.Devolucion',
    'events[0].type': 'return.requested',
    'events[0].time': 'time(record.FechaSolicitud, constants.zone, "dd/MM/yyyy")',
    'events[0].data.sourceRef': 'record.NumDevolucion',
    'events[0].data.orderRefs[0]': 'record.PedidoOrigen',
    'events[0].data.customer.partyId': 'record.Cliente.Codigo',
    'events[0].data.customer.name': 'record.Cliente.RazonSocial',
    'events[0].data.customer.email': 'record.Cliente.CorreoElectronico',
    'events[0].data.currency': 'record.Divisa',
    'events[0].data.lines.each': 'record.Lineas.Linea',
    'events[0].data.lines.fields.sourceLineRef': 'line.Orden',
    'events[0].data.lines.fields.product.sku': 'line.Referencia',
    'events[0].data.lines.fields.product.gtin': 'line.CodigoEAN',
    'events[0].data.lines.fields.product.name': 'line.Descripcion',
    'events[0].data.lines.fields.quantity': 'quantity(line.Unidades)',
    'events[0].data.lines.fields.reason.code': 'vocabulary("reason", line.MotivoDevolucion)',
    'events[0].data.lines.fields.reason.text': 'line.Observaciones',
  },
}
const deRows = range(60).map(
  (i) =>
    `RT-${1000 + Math.floor(i / 2)};${44000 + Math.floor(i / 2) * 7};${7000 + (Math.floor(i / 2) % 17)};Bauhandel ${Math.floor(i / 2) % 17};${pick('P-100', 'P-200', 'S-77')};${pick('Tauchpumpe', 'Schlauch', 'Ventil')};${1 + dice(4)},00;${pick('Stk', 'Krt')};${pick('defekt', 'Transportschaden', 'Falschlieferung', 'nicht mehr benötigt')};${two(1 + (Math.floor(i / 2) % 28))}.${two(1 + (Math.floor(i / 2) % 12))}.2026;${dice(3) ? '' : 'bitte prüfen'}`,
)
const german: OtherChannel = {
  name: 'an export of an ERP in CSV, in German',
  topic: 'retouren',
  samples: [
    {
      name: 'retouren.csv',
      bytes: Buffer.from(
        [
          'Retoureneingang Export',
          'Retouren-Nr.;Auftragsnr.;Kd-Nr.;Kundenname;Art.-Nr.;Artikelbezeichnung;Menge;ME;Rückgabegrund;Belegdatum;Bemerkung',
          ...deRows,
        ].join('\r\n'),
        'latin1',
      ),
    },
  ],
  truth: {
    'source.format': 'csv',
    'source.delimiter': ';',
    'source.encoding': 'windows-1252',
    'source.skipLines': '1',
    'source.records': 'rows',
    'source.groupBy': 'record["Retouren-Nr."]',
    'events[0].type': 'return.requested',
    'events[0].time': 'time(row.Belegdatum, constants.zone, "dd.MM.yyyy")',
    'events[0].data.sourceRef': 'row["Retouren-Nr."]',
    'events[0].data.orderRefs[0]': 'row["Auftragsnr."]',
    'events[0].data.customer.partyId': 'row["Kd-Nr."]',
    'events[0].data.customer.name': 'row.Kundenname',
    'events[0].data.lines.fields.product.sku': 'line["Art.-Nr."]',
    'events[0].data.lines.fields.product.name': 'line.Artikelbezeichnung',
    'events[0].data.lines.fields.quantity':
      'quantity(decimal(line.Menge, ","), line.ME, line["Art.-Nr."])',
    'events[0].data.lines.fields.reason.code': 'vocabulary("reason", line["Rückgabegrund"])',
    'events[0].data.lines.fields.reason.text': 'line.Bemerkung',
  },
}
const american: OtherChannel = {
  name: 'webhooks with an envelope, in English',
  topic: 'rma-feed',
  samples: range(12).map((k) => ({
    name: `m${k}.json`,
    bytes: Buffer.from(
      JSON.stringify({
        eventType: 'rma.created',
        eventId: `e${k}99a`,
        payload: {
          rma: {
            rmaNumber: `RMA${5000 + k}`,
            createdAt: `2026-10-${two(1 + k)}T12:30:00-05:00`,
            poNumber: `PO-${dice(9999)}`,
            billTo: {
              accountNumber: `A${dice(500)}`,
              companyName: pick('Acme Plumbing', 'West Supply', 'Hydro Inc'),
              contactEmail: `ap${k}@acme.example`,
            },
            currencyCode: 'USD',
            warehouseCode: pick('DAL1', 'RNO2'),
            items: range(1 + dice(3)).map((l) => ({
              lineNumber: l + 1,
              itemNumber: `X${100 + dice(50)}`,
              upc: gtinOf(12000000000 + dice(9999)).padStart(12, '0'),
              itemDescription: pick('Sump pump', 'Valve', 'Hose'),
              qtyRequested: 1 + dice(9),
              uom: pick('EA', 'CS'),
              reasonCode: pick('DEFECTIVE', 'WRONG_ITEM', 'OVERSTOCK', 'DAMAGED'),
              customerComments: dice(2) ? 'box crushed, see photos' : undefined,
              serialNumbers: dice(2) ? [`S${dice(9999)}`] : [],
              requestedAction: pick('CREDIT', 'REPLACE'),
            })),
          },
        },
      }),
    ),
  })),
  truth: {
    'source.format': 'json',
    'events[0].type': 'return.requested',
    'events[0].time': 'time(record.payload.rma.createdAt, "UTC", "iso")',
    'events[0].data.sourceRef': 'record.payload.rma.rmaNumber',
    'events[0].data.orderRefs[0]': 'record.payload.rma.poNumber',
    'events[0].data.customer.partyId': 'record.payload.rma.billTo.accountNumber',
    'events[0].data.customer.name': 'record.payload.rma.billTo.companyName',
    'events[0].data.customer.email': 'record.payload.rma.billTo.contactEmail',
    'events[0].data.currency': 'record.payload.rma.currencyCode',
    'events[0].data.warehouse': 'vocabulary("warehouse", record.payload.rma.warehouseCode)',
    'events[0].data.lines.each': 'record.payload.rma.items',
    'events[0].data.lines.fields.sourceLineRef': 'line.lineNumber',
    'events[0].data.lines.fields.product.sku': 'line.itemNumber',
    'events[0].data.lines.fields.product.gtin': 'line.upc',
    'events[0].data.lines.fields.product.name': 'line.itemDescription',
    'events[0].data.lines.fields.quantity':
      'quantity(line.qtyRequested, line.uom, line.itemNumber)',
    'events[0].data.lines.fields.serials': 'line.serialNumbers',
    'events[0].data.lines.fields.reason.code': 'vocabulary("reason", line.reasonCode)',
    'events[0].data.lines.fields.reason.text': 'line.customerComments',
    'events[0].data.lines.fields.requestedResolution':
      'vocabulary("resolution", line.requestedAction)',
  },
}
const french: OtherChannel = {
  name: 'tracking of parcels, in French',
  topic: 'suivi-colis',
  samples: range(15).map((k) => ({
    name: `s${k}.json`,
    bytes: Buffer.from(
      JSON.stringify({
        numero_suivi: `6A${10000000000 + dice(99999999)}`,
        transporteur: pick('colis-express', 'relais-plus'),
        evenement: {
          statut: pick('en transit', 'livré', 'retardé', 'perdu'),
          date_heure: `2026-11-${two(1 + k)}T10:0${dice(9)}:00+01:00`,
          lieu: pick('Lyon', 'Metz', 'Nantes'),
        },
        reference_retour: `R-${400 + k}`,
      }),
    ),
  })),
  truth: {
    'source.format': 'json',
    'events[0].type': 'parcel.in_transit',
    'events[0].time': 'time(record.evenement.date_heure, "UTC", "iso")',
    'events[0].data.refs[0].value': 'record.reference_retour',
    'events[0].data.tracking': 'record.numero_suivi',
    'events[0].data.carrier': 'vocabulary("carrier", record.transporteur)',
    'events[0].data.location': 'record.evenement.lieu',
  },
}
const italian: OtherChannel = {
  name: 'a web form, in Italian',
  topic: 'resi',
  samples: range(10).map((k) => ({
    name: `f${k}`,
    bytes: Buffer.from(
      new URLSearchParams({
        id_reso: `${8800 + k}`,
        data_richiesta: `${two(1 + k)}/0${1 + dice(9)}/2026 14:${two(dice(60))}`,
        ordine: `OR${dice(9999)}`,
        email_cliente: `u${k}@posta.example`,
        nome_cliente: pick('Mario Rossi', 'Lia Bruni'),
        codice_articolo: `Z${dice(99)}`,
        quantita: `${1 + dice(3)}`,
        motivo: pick('difettoso', 'taglia', 'ripensamento'),
        rimborso_importo: `${dice(90) + 1},${two(dice(99))}`,
        valuta: 'EUR',
        note_cliente: 'grazie mille',
      }).toString(),
    ),
  })),
  truth: {
    'source.format': 'form',
    'events[0].type': 'return.requested',
    'events[0].data.sourceRef': 'record.id_reso',
    'events[0].data.orderRefs[0]': 'record.ordine',
    'events[0].data.customer.partyId': 'record.email_cliente',
    'events[0].data.customer.email': 'record.email_cliente',
    'events[0].data.customer.name': 'record.nome_cliente',
    'events[0].data.currency': 'record.valuta',
    'events[0].data.lines[0].product.sku': 'record.codice_articolo',
    'events[0].data.lines[0].quantity': 'quantity(record.quantita)',
    'events[0].data.lines[0].reason.code': 'vocabulary("reason", record.motivo)',
    'events[0].data.lines[0].reason.text': 'record.note_cliente',
  },
}
const warehouse: OtherChannel = {
  name: 'receipts of a warehouse',
  topic: 'inbound-receipts',
  samples: range(12).map((k) => ({
    name: `w${k}.json`,
    bytes: Buffer.from(
      JSON.stringify({
        grn: `GRN-${700 + k}`,
        site: pick('LEJ1', 'DTM2'),
        receivedTs: 1793000000 + k * 3600,
        rma: `RMA-${k}`,
        trackingNumber: `JD${1000000000000 + dice(9999999)}`,
        lines: range(1 + dice(2)).map((l) => ({
          line: l + 1,
          sku: `P-${dice(20)}`,
          receivedQty: 1 + dice(3),
          condition: pick('OK', 'BOX_DAMAGED', 'WET'),
          serials: dice(2) ? ['S1'] : [],
          lot: `L${dice(5)}`,
        })),
      }),
    ),
  })),
  truth: {
    'events[0].type': 'goods.received',
    'events[0].time': 'time(record.receivedTs, "UTC", "epoch_s")',
    'events[0].data.refs[0].value': 'record.rma',
    'events[0].data.receiptId': 'record.grn',
    'events[0].data.warehouse': 'vocabulary("warehouse", record.site)',
    'events[0].data.tracking': 'record.trackingNumber',
    'events[0].data.lines.each': 'record.lines',
    'events[0].data.lines.fields.lineNo': 'line.line',
    'events[0].data.lines.fields.product.sku': 'line.sku',
    'events[0].data.lines.fields.quantity': 'quantity(line.receivedQty)',
    'events[0].data.lines.fields.condition': 'vocabulary("condition", line.condition)',
    'events[0].data.lines.fields.serials': 'line.serials',
    'events[0].data.lines.fields.lots[0]': 'line.lot',
  },
}
const refunds: OtherChannel = {
  name: 'refunds of a payment provider',
  topic: 'refund_completed',
  samples: range(8).map((k) => ({
    name: `r${k}.json`,
    bytes: Buffer.from(
      JSON.stringify({
        refund: {
          id: `rf_${k}x9`,
          amount: `${10 + dice(90)}.${two(dice(99))}`,
          currency: 'GBP',
          status: 'succeeded',
          processed_at: `2026-11-0${k + 1}T09:00:00Z`,
          payment_method: pick('card', 'bank_transfer'),
        },
        order_id: `O-${dice(999)}`,
        return_id: `RET-${k}`,
      }),
    ),
  })),
  truth: {
    'events[0].type': 'refund.settled',
    'events[0].time': 'time(record.refund.processed_at, "UTC", "iso")',
    'events[0].data.refs[0].value': 'record.return_id',
    'events[0].data.refundId': 'record.refund.id',
    'events[0].data.amount': 'money(record.refund.amount, record.refund.currency)',
    'events[0].data.method': 'vocabulary("method", record.refund.payment_method)',
  },
}
export const otherChannels: readonly OtherChannel[] = [
  spanish,
  german,
  american,
  french,
  italian,
  warehouse,
  refunds,
]
