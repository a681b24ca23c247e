import type { VocabularyName } from '../vocabularies.ts'

type Phrases = Readonly<Record<string, string>>

/**
 * What systems write for a canonical value, in several languages, with commas between. A proposal only: a
 * person agrees before a message is read by it.
 */
export const wordMeanings: Readonly<Partial<Record<VocabularyName, Phrases>>> = {
  reason: {
    ordering_error:
      'ordering error, wrong order, ordered by mistake, ordered wrong item, accidental order, falsch bestellt, bestellfehler, versehentlich bestellt, erreur de commande, error de pedido, errore ordine, verkeerd besteld',
    color_variance:
      'color, colour, wrong color, color different, farbe, farbabweichung, couleur, color distinto, colore, kleur',
    defective_consumer:
      'defective, defect, defekt, broken, faulty, doa, dead on arrival, not working, does not work, malfunction, kaputt, funktioniert nicht, defectueux, en panne, ne fonctionne pas, defectuoso, no funciona, difettoso, non funziona, kapot, werkt niet, damaged or defective, quality, quality issue, mangelhaft, fehlerhaft',
    defective_packaging:
      'packaging damaged, defective packaging, verpackung beschaedigt, emballage endommage, embalaje danado, imballaggio danneggiato, verpakking beschadigd',
    excess_inventory:
      'overstock, excess inventory, excess, ueberbestand, ueberbestellt, surstock, exceso de inventario, eccedenza, overvoorraad, zu viel bestellt',
    end_of_season:
      'end of season, saisonende, fin de saison, fin de temporada, fine stagione, einde seizoen',
    label_problem: 'label, label problem, etikett, etiquetage',
    not_as_expected:
      'not as described, not as expected, different from description, differs from description, nicht wie beschrieben, entspricht nicht der beschreibung, nicht wie erwartet, gefaellt nicht, not satisfied, disappointed, ne correspond pas, pas conforme, no coincide, no es como se describe, non conforme, non come descritto, niet zoals beschreven, valt tegen, dislike, quality not as expected',
    price_error:
      'price, price error, better price, preis, preisfehler, prix, precio, prezzo, prijs, guenstiger gefunden',
    poor_fit:
      'too small, too large, too big, does not fit, size, wrong size, fit, passt nicht, zu klein, zu gross, groesse, trop petit, trop grand, taille, demasiado pequeno, talla, no queda bien, troppo piccolo, taglia, te klein, te groot, maat, past niet',
    poor_workmanship:
      'poor workmanship, poor quality, schlechte verarbeitung, mauvaise qualite, mala calidad, scarsa qualita, slechte kwaliteit',
    style_problem: 'style, stil',
    wrong_goods:
      'wrong item, wrong goods, wrong product, incorrect item, wrong item sent, wrong item delivered, received wrong item, falscher artikel, falschlieferung, falsch geliefert, mauvais article, erreur article, articulo equivocado, articulo incorrecto, articolo sbagliato, verkeerd artikel, missshipped, mis shipment',
    damaged_in_transit:
      'damaged, damaged in transit, transit damage, shipping damage, arrived damaged, carrier damage, transportschaden, beschaedigt, beschaedigt geliefert, endommage, casse, avarie transport, danado, danado en transporte, danneggiato, danneggiato durante il trasporto, beschadigd, transportschade, broken on arrival',
    missing_parts:
      'missing parts, parts missing, missing item, incomplete, missing accessories, fehlteile, unvollstaendig, teile fehlen, pieces manquantes, incomplet, piezas faltantes, incompleto, parti mancanti, onvolledig, onderdelen ontbreken',
    wrong_quantity_over:
      'too many, overshipment, over delivered, wrong quantity, zu viel geliefert, ueberlieferung, trop livre, exceso de entrega, consegna in eccesso, te veel geleverd',
    undeliverable_refused:
      'refused, undeliverable, delivery refused, not collected, return to sender, annahme verweigert, unzustellbar, nicht abgeholt, refuse, non distribuable, rechazado, no entregado, rifiutato, mancata consegna, geweigerd, onbestelbaar',
    warranty_failure:
      'warranty, warranty claim, garantie, gewaehrleistung, garantiefall, sous garantie, garantia, garanzia',
    recall: 'recall, product recall, rueckruf, rappel, retirada, richiamo, terugroepactie',
    core: 'core, core return, core deposit, altteil, altteilrueckgabe, consigne, casco, reso carcassa, inruil',
    consignment_unsold:
      'unsold, consignment, kommission, unverkauft, invendu, no vendido, invenduto, onverkocht',
    loaner_end: 'end of loan, loaner, leihende, leihgeraet, fin de pret',
    expired: 'expired, abgelaufen, perime, mhd abgelaufen, caducado, scaduto, verlopen',
    short_dated: 'short dated, short expiry, kurzes mhd',
    no_longer_needed:
      'no longer needed, not needed, changed mind, change of mind, unwanted, no longer wanted, buyer remorse, remorse, nicht mehr benoetigt, nicht gebraucht, meinung geaendert, widerruf, plus besoin, changement d avis, ya no lo necesito, ya no lo necesita, non piu necessario, ripensamento, niet meer nodig, bedacht, late delivery, arrived late, zu spaet',
    excess_wear: 'worn, excess wear, abgenutzt, usure',
    billing_only: 'billing only, credit only, nur gutschrift',
  },
  resolution: {
    refund:
      'refund, money back, erstattung, geld zurueck, rueckerstattung, remboursement, reembolso, rimborso, terugbetaling, cash',
    credit:
      'credit, credit note, credit memo, gutschrift, avoir, abono, nota de credito, nota di credito, creditnota',
    store_credit:
      'store credit, voucher, gift card, gutschein, bon d achat, vale, buono, tegoedbon',
    replacement:
      'replacement, replace, resend, ersatz, ersatzlieferung, umtausch gleich, remplacement, reemplazo, sostituzione, vervanging, neulieferung',
    exchange: 'exchange, swap, umtausch, tausch, echange, cambio, scambio, ruil, ruilen',
    repair: 'repair, fix, reparatur, reparieren, reparation, reparacion, riparazione, reparatie',
    keep_with_allowance:
      'keep, partial refund, allowance, discount, preisnachlass, nachlass, minderung, remise, descuento, sconto, korting',
    none: 'none, nothing, keine, aucun, ninguno, nessuno, geen',
  },
  condition: {
    ok: 'ok, good, new, unopened, like new, neu, originalverpackt, gut, neuf, comme neuf, bon, nuevo, bueno, nuovo, buono, nieuw, goed, sealed',
    box_damaged:
      'box damaged, packaging damaged, karton beschaedigt, verpackung beschaedigt, carton abime, caja danada, scatola danneggiata, doos beschadigd',
    item_damaged:
      'damaged, item damaged, broken, beschaedigt, defekt, kaputt, endommage, danado, danneggiato, beschadigd',
    wet: 'wet, nass, mouille, mojado, bagnato, nat',
    opened:
      'opened, open, used, geoeffnet, gebraucht, ouvert, utilise, abierto, usado, aperto, usato, geopend, gebruikt',
    hazardous: 'hazardous, gefahrgut, dangereux, peligroso, pericoloso, gevaarlijk',
    unknown: 'unknown, unbekannt, inconnu, desconocido, sconosciuto, onbekend',
  },
  status: {
    'authorization:requested':
      'requested, request, new, open, submitted, created, neu, offen, angelegt, angefragt, eingegangen, nouveau, demande, nuevo, solicitado, nuovo, richiesto, nieuw, aangevraagd',
    'authorization:under_review':
      'under review, in review, reviewing, in pruefung, wird geprueft, en examen, en revision, in revisione, in behandeling',
    'authorization:info_needed':
      'info needed, information needed, waiting for customer, rueckfrage, wartet auf kunde, info manquante',
    'authorization:approved':
      'approved, authorized, accepted, confirmed, genehmigt, freigegeben, akzeptiert, bestaetigt, approuve, accepte, aprobado, autorizado, approvato, accettato, goedgekeurd',
    'authorization:rejected':
      'rejected, denied, declined, abgelehnt, refuse, rejete, rechazado, denegado, rifiutato, respinto, afgewezen, geweigerd',
    'authorization:expired': 'expired, abgelaufen, expire, caducado, scaduto, verlopen',
    'authorization:canceled':
      'canceled, cancelled, storniert, abgebrochen, annule, cancelado, annullato, geannuleerd',
    'transport:awaiting_label': 'awaiting label, label requested, wartet auf etikett',
    'transport:label_issued':
      'label created, label issued, label printed, preannounced, avisiert, angekuendigt, etikett erstellt, etiquette creee, etiqueta creada, etichetta creata, label aangemaakt, pre transit, info received',
    'transport:in_transit':
      'in transit, transit, shipped, picked up, on the way, out for delivery, unterwegs, versandt, abgeholt, in zustellung, transport, en transit, expedie, en cours de livraison, en transito, enviado, en camino, in transito, spedito, in consegna, onderweg, verzonden, departed, arrived at facility',
    'transport:delayed':
      'delayed, delay, exception, verzoegert, verspaetet, retarde, retrasado, in ritardo, vertraagd',
    'transport:damaged': 'damaged in transit, transportschaden',
    'transport:lost': 'lost, missing, verloren, perdu, perdido, smarrito, perso, zoek, kwijt',
    'transport:returned_to_sender':
      'returned to sender, return to sender, zurueck an absender, retour expediteur, devuelto al remitente, reso al mittente, retour afzender',
    'transport:delivered':
      'delivered, zugestellt, ausgeliefert, livre, entregado, consegnato, afgeleverd, bezorgd',
    'receipt:expected': 'expected, announced, erwartet, attendu, esperado, atteso, verwacht',
    'receipt:partially_received':
      'partially received, teilweise eingegangen, teilweise erhalten, partiellement recu, recibido parcialmente, parzialmente ricevuto, deels ontvangen',
    'receipt:received':
      'received, checked in, arrived, erhalten, eingetroffen, vereinnahmt, eingelagert, recu, recibido, ricevuto, ontvangen',
    'inspection:in_progress': 'inspecting, in inspection, wird begutachtet, in bearbeitung',
    'inspection:passed':
      'inspected, passed, inspection ok, geprueft, controle ok, inspeccionado, ispezionato, gecontroleerd',
    'inspection:failed':
      'failed, inspection failed, nicht in ordnung, pruefung negativ, controle ko',
    'settlement:pending_approval': 'pending refund, refund pending, erstattung ausstehend',
    'settlement:released': 'refund issued, refund initiated, erstattung veranlasst',
    'settlement:settled':
      'refunded, refund completed, completed, closed, done, paid, settled, erstattet, abgeschlossen, erledigt, geschlossen, gutgeschrieben, bezahlt, rembourse, termine, cloture, reembolsado, cerrado, finalizado, completado, rimborsato, chiuso, completato, terugbetaald, afgesloten, voltooid',
    'fulfillment:shipped': 'replacement shipped, ersatz versandt',
  },
  unit: {
    EA: 'ea, each, pc, pcs, pce, piece, pieces, item, unit, units, stk, st, stck, stueck, stuck, piece, unite, unites, u, ud, uds, unidad, unidades, pz, pezzo, pezzi, stuks, stuk, c62, h87, nr',
    CS: 'cs, case, cases, karton, kartons, krt, ktn, ct, carton, cartons, caja, cajas, cartone, scatola, doos, dozen',
    BX: 'box, bx, kiste, boite',
    PF: 'pal, pallet, palette, palettes, bancale, pallets',
    PR: 'pair, pairs, paar, paire, par, paio',
    KGM: 'kg, kgm, kilogram, kilogramm, kilo',
    MTR: 'm, mtr, meter, metre, metro',
    LTR: 'l, ltr, liter, litre, litro',
    SET: 'set, sets, satz, jeu',
    PK: 'pack, pk, packung, paquet, paquete, pacco, pak, vpe, ve',
  },
  method: {
    credit_note:
      'credit note, credit memo, gutschrift, avoir, nota de credito, nota di credito, creditnota, invoice credit',
    cash_refund:
      'cash, bank transfer, bank, wire, sepa, bar, ueberweisung, virement, especes, efectivo, transferencia, contanti, bonifico, overboeking',
    card_refund:
      'card, credit card, debit card, karte, kreditkarte, carte, carte bancaire, tarjeta, carta, creditcard, original payment, original payment method',
    marketplace_refund: 'marketplace, marktplatz, plateforme',
    store_credit:
      'store credit, voucher, gutschein, gift card, bon d achat, vale, buono, tegoedbon',
    apply_to_invoice: 'apply to invoice, offset, verrechnung, imputation',
  },
  kind: {
    standard: 'standard, normal, return, retoure, retour',
    warranty: 'warranty, garantie, gewaehrleistung, garantia, garanzia',
    recall: 'recall, rueckruf, rappel, richiamo',
    core_deposit: 'core, core deposit, altteil, pfand, consigne',
    consignment: 'consignment, kommission, consignation',
    loaner: 'loaner, loan, leihe, leihgeraet, pret',
    refused_delivery: 'refused delivery, annahme verweigert, refused',
    advance_exchange: 'advance exchange, vorabtausch, vorabaustausch',
    credit_only: 'credit only, nur gutschrift',
  },
  channel: {
    support: 'support, helpdesk, phone, email, kundenservice, telefon, hotline, sav',
    ecommerce: 'ecommerce, web, webshop, online, shop, onlineshop, tienda online, negozio online',
    marketplace: 'marketplace, marktplatz',
    account_mgmt: 'account management, b2b, portal, key account, vertrieb',
    field: 'field, sales rep, aussendienst',
    edi: 'edi',
    walk_in:
      'walk in, store, branch, counter, filiale, magasin, tienda, negozio, winkel, theke, pos',
    carrier_rts: 'return to sender, rts, carrier',
  },
}
