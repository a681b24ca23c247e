/**
 * Words that names of fields are made of, by what they mean. English, German, French, Spanish, Dutch and
 * Italian, without accents and in small letters; an umlaut is written out, `ae`.
 */
const table: Readonly<Record<string, string>> = {
  order:
    'order orders purchase po so bestell bestellung bestellungs bestellungen auftrag auftrags kauf commande commandes cmd cde pedido pedidos compra bestelling bestellings ordine ordini acquisto kundenauftrag bestel verkoop sale sales vente venta vendita ventas verkauf achat bestnr auftragsnr',
  return:
    'return returns returned rma rmas retoure retouren retour retours rueckgabe ruecksendung ruecksende rueckgaben devolucion devoluciones reso resi restituzione retourzending ret rtn renvoi renvois teruggave terugzending retourner devolver',
  request:
    'request requests anfrage antrag demande solicitud richiesta aanvraag petition case dossier vorgang fall',
  ticket: 'ticket tickets',
  claim: 'claim reklamation reclamation reclamacion reclamo klacht',
  number: 'number num no nr nummer numero nro nummern folio',
  id: 'id ids ident identifier uuid guid kennung schluessel clave chiave sleutel identifiant identificador handle',
  ref: 'ref reference referenz referencia riferimento referentie zeichen kenmerk aktenzeichen',
  external: 'external extern foreign',
  code: 'code kode codigo codice schluesselwert kuerzel',
  customer:
    'customer customers kunde kunden client clients cliente clienti clientes klant klanten buyer buyers kaeufer kaufer acheteur comprador acquirente koper consumer debitor shopper besteller account debtor konsument opdrachtgever compratore destinatario empfaenger kd kdnr kundennr billto soldto bill sold',
  name: 'name names nom nombre naam bezeichnung titel title label denomination libelle designation razonsocial ragionesociale raisonsociale fullname',
  first: 'first vor given prenom',
  last: 'last nach family sur surname apellido cognome',
  quantity:
    'quantity quantities qty menge mengen anzahl stueckzahl quantite qte cantidad cant quantita qta aantal hoeveelheid count pieces stk hoeveel',
  reason:
    'reason reasons grund ursache motif raison motivo razon causale causa reden cause ruecksendegrund anlass aanleiding oorzaak motivazione begruendung why',
  product:
    'product products item items article articles artikel produkt produkte produit produits producto productos articulo articulos articolo articoli prodotto prodotti goods ware waren material part teil teile merchandise asset artikelen piece mercancia merce',
  sku: 'sku skus asin mpn artnr artno itemno partno',
  gtin: 'gtin gtins ean ean13 upc barcode barcodes isbn strichcode codebarre barras barre streepjescode strich codigobarras',
  line: 'line lines position positions positionen pos zeile zeilen ligne lignes linea lineas riga righe regel regels row rows lineitem entry lfdnr',
  status: 'status state states stand statut estado stato toestand situation phase stage',
  date: 'date datum fecha data dag jour giorno day dat',
  time: 'time timestamp zeit uhrzeit zeitpunkt heure hora ora tijd tijdstip ts datetime when moment',
  at: 'at on am le el il',
  created:
    'created creation create erstellt angelegt eingegangen eingang cree creado creazione aangemaakt opened open submitted requested raised issued erfasst erfassung registered aangemaakt ingediend aufgegeben presentado soumis inserito alta',
  due: 'due by until deadline expires expiry valid faellig frist gueltig echeance vencimiento scadenza vervaldatum',
  updated: 'updated modified changed geaendert aenderung modifie actualizado modificato gewijzigd',
  delivered:
    'delivered zugestellt zustellung lieferung livre livraison entregado entrega consegnato consegna geleverd levering delivery',
  amount:
    'amount betrag montant importe importo bedrag sum summe price preis prix precio prezzo prijs net netto',
  total: 'total totale totaal gesamt gesamtbetrag grand overall',
  value: 'value wert valeur valor valore waarde content inhalt inhoud',
  description:
    'description beschreibung descrizione descripcion omschrijving beschrijving artikelbezeichnung',
  currency: 'currency waehrung wahrung devise monnaie moneda divisa valuta cur curr ccy',
  tracking:
    'tracking track suivi seguimiento tracciamento awb waybill sendungsnummer sendungsverfolgung paketnummer trackingnumber trackingno',
  shipment:
    'shipment sendung expedition envio spedizione zending parcel paket colis paquete pacco pakket package consignment',
  carrier:
    'carrier carriers spediteur versanddienst versender transporteur transporter transportista corriere vettore vervoerder shipper courier paketdienst frachtfuehrer bezorger spedizioniere mensajeria messagerie',
  warehouse:
    'warehouse lager lagerort entrepot depot almacen magazzino magazijn facility site dc hub standort',
  email: 'email mail emails courriel correo',
  phone: 'phone telefon telephone telefono telefoon tel mobile handy',
  street: 'street strasse rue calle via straat address1 line1 addr',
  city: 'city town stadt ort ville ciudad citta stad plaats',
  postcode: 'zip postal plz postcode postleitzahl cp cap postalcode zipcode',
  region: 'region province bundesland provincia departement',
  country: 'country land pays pais paese countrycode iso2',
  address: 'address adresse anschrift direccion indirizzo adres shipping ship billing',
  note: 'note notes comment comments bemerkung bemerkungen kommentar hinweis commentaire comentario commento opmerking remark remarks memo anmerkung freitext message nota osservazioni observaciones observations notiz',
  text: 'text details detail explanation texte texto testo tekst erlaeuterung libre toelichting uitleg spiegazione explication explicacion erlaeuterungen',
  unit: 'unit units uom einheit me mengeneinheit unite unidad unita eenheid ve um udm mesure medida misura maat eenheden',
  serial: 'serial serials serialnumber seriennummer serie sn imei seriale serienummer seriennr',
  lot: 'lot lots batch charge chargen lote lotto partij',
  condition: 'condition zustand etat condicion condizione conditie beschaffenheit staat',
  resolution:
    'resolution wunsch loesung solution action desired outcome regelung ausgleich soluzione oplossing erstattungsart preference wanted gewenst wens souhait souhaite deseo deseado desiderio desiderato gewuenscht voorkeur afhandeling abwicklung regelung preferencia',
  channel: 'channel kanal canal canale kanaal marketplace marktplatz',
  company:
    'company firma mandant buchungskreis societe empresa azienda bedrijf entity subsidiary tenant',
  tax: 'tax mwst ust tva iva btw vat steuer',
  language: 'language sprache langue idioma lingua taal locale lang',
  invoice: 'invoice rechnung rechnungs facture factura fattura factuur',
  credit: 'credit gutschrift avoir abono creditnota accredito',
  refund:
    'refund refunds erstattung rueckerstattung remboursement reembolso rimborso terugbetaling',
  receipt:
    'receipt receipts wareneingang reception recepcion ricezione ontvangst grn we received receiving empfang',
  inspection: 'inspection pruefung befund controle inspeccion ispezione keuring check qc',
  accepted: 'accepted angenommen akzeptiert accepte aceptado accettato geaccepteerd ok gut',
  rejected: 'rejected abgelehnt refuse rechazado rifiutato afgewezen schlecht',
  grade: 'grade guete klasse classe',
  payment: 'payment zahlung paiement pago pagamento betaling transaction',
  method: 'method art methode metodo type typ tipo',
  kind: 'kind category kategorie categorie',
  label: 'etikett etiquette etiqueta etichetta versandlabel',
  url: 'url uri link href',
  location: 'location place lieu lugar luogo locatie',
  photo:
    'photo photos image images bild bilder foto fotos picture pictures evidence attachment attachments',
  parent: 'parent group',
  supplier: 'supplier vendor lieferant fournisseur proveedor fornitore leverancier',
  weight: 'weight gewicht poids peso',
}

/** What a field is of: a name below one of these is about it, and about nothing else. */
export const entities: ReadonlySet<string> = new Set(
  'customer order carrier warehouse product company invoice refund payment return address channel receipt shipment line supplier reason unit quantity status photo tracking credit inspection'.split(
    ' ',
  ),
)

/** What says little by itself, and nothing against anything. */
export const plainLemmas: ReadonlySet<string> = new Set(
  'number id ref code name text date time at external parent value'.split(' '),
)

/** Each word with its lemma. */
export const lemmaByWord: ReadonlyMap<string, string> = new Map(
  Object.entries(table).flatMap(([lemma, words]) =>
    words.split(' ').map((word) => [word, lemma] as const),
  ),
)
