import { layoutWith } from './layout.ts'
import type { Language } from './template.ts'

const note = '{% if note %}\n\nUnsere Nachricht an Sie: {{ note }}{% endif %}'

export const german: Language = {
  layout: layoutWith({
    language: 'de',
    greeting: 'Guten Tag {{ customer.name }},',
    greetingNameless: 'Guten Tag,',
    goods: 'Es geht um:',
    status: 'So sehen Sie, wo Ihre Rücksendung steht:',
    closing: 'Mit freundlichen Grüßen',
    reference:
      'Ihre Rücksendung {{ rma }}{% if orders.size > 0 %}, Bestellung {{ orders | join: ", " }}{% endif %}',
    automatic:
      'Diese Nachricht wurde automatisch versandt. Wenn Sie antworten, lassen Sie den Betreff bitte unverändert.',
  }),
  messages: {
    authorized: {
      subject: 'Ihre Rücksendung {{ rma }} ist genehmigt',
      text: `Ihre Rücksendung {{ rma }} ist genehmigt. Bitte senden Sie die Ware an uns zurück und schreiben Sie die Nummer {{ rma }} außen auf das Paket.${note}`,
    },
    canceled: {
      subject: 'Ihre Rücksendung {{ rma }} wurde storniert',
      text: `Ihre Rücksendung {{ rma }} wurde storniert. Bitte senden Sie die Ware nicht zurück.${note}`,
    },
    delay_ended: {
      subject: 'Ihre Rücksendung {{ rma }} ist wieder auf dem neuesten Stand',
      text: 'Wir hatten Ihnen geschrieben, dass sich Ihre Rücksendung {{ rma }} verzögert. Die Verzögerung ist vorbei, alles wurde weitergegeben. Sie brauchen nichts zu tun.',
    },
    delayed: {
      subject: 'Ihre Rücksendung {{ rma }} dauert etwas länger',
      text: 'Ihre Rücksendung {{ rma }} ist bei uns sicher erfasst, aber ein System, das sie bearbeiten muss, ist gerade nicht erreichbar. Der nächste Schritt kann daher länger dauern als üblich. Sie brauchen nichts zu tun; wir schreiben Ihnen wieder, sobald alles läuft.',
    },
    expired: {
      subject: 'Ihre Rücksendung {{ rma }} ist abgelaufen',
      text: `Die Ware Ihrer Rücksendung {{ rma }} ist nicht rechtzeitig bei uns eingetroffen, die Genehmigung ist abgelaufen. Wenn Sie sie noch zurücksenden möchten, melden Sie sich bitte vorher bei uns.${note}`,
    },
    info_needed: {
      subject: 'Rückfrage zu Ihrer Rücksendung {{ rma }}',
      text: `Um über Ihre Rücksendung {{ rma }} zu entscheiden, brauchen wir eine Antwort von Ihnen.${note}\n\nBitte antworten Sie auf diese Nachricht.`,
    },
    news: {
      subject: 'Neues zu Ihrer Rücksendung {{ rma }}',
      text: `Es gibt Neues zu Ihrer Rücksendung {{ rma }}.${note}`,
    },
    partially_received: {
      subject: 'Ein Teil Ihrer Rücksendung {{ rma }} ist angekommen',
      text: `Ein Teil der Ware Ihrer Rücksendung {{ rma }} ist angekommen. Wir machen weiter, sobald der Rest da ist.${note}`,
    },
    received: {
      subject: 'Ihre Rücksendung {{ rma }} ist angekommen',
      text: `Die Ware Ihrer Rücksendung {{ rma }} ist angekommen. Wir prüfen sie und schreiben Ihnen wieder.${note}`,
    },
    refunded: {
      subject: 'Ihre Rücksendung {{ rma }}: Erstattung',
      text: `{% if refunded %}Wir haben Ihnen {{ refunded | money }} für Ihre Rücksendung {{ rma }} erstattet.{% elsif credited %}Wir haben Ihnen {{ credited | money }} für Ihre Rücksendung {{ rma }} gutgeschrieben.{% else %}Ihre Rücksendung {{ rma }} wurde erstattet.{% endif %} Bis Ihre Bank es anzeigt, können einige Tage vergehen.${note}`,
    },
    rejected: {
      subject: 'Ihre Rücksendung {{ rma }} kann nicht angenommen werden',
      text: `Leider können wir Ihre Rücksendung {{ rma }} nicht annehmen.${note}\n\nBei Fragen antworten Sie bitte auf diese Nachricht.`,
    },
    repaired: {
      subject: 'Ihre Rücksendung {{ rma }}: repariert',
      text: `Die Ware Ihrer Rücksendung {{ rma }} ist repariert und wieder bei Ihnen.${note}`,
    },
    replaced: {
      subject: 'Ihre Rücksendung {{ rma }}: Ersatz',
      text: `Der Ersatz für Ihre Rücksendung {{ rma }} wurde zugestellt.${note}`,
    },
    returned_to_customer: {
      subject: 'Ihre Rücksendung {{ rma }}: Ware an Sie zurückgesandt',
      text: `Die Ware Ihrer Rücksendung {{ rma }} wurde an Sie zurückgesandt.${note}`,
    },
    ship_reminder: {
      subject: 'Erinnerung: bitte senden Sie die Ware Ihrer Rücksendung {{ rma }}',
      text: `Ihre Rücksendung {{ rma }} ist genehmigt, aber wir haben die Ware noch nicht unterwegs gesehen. Bitte senden Sie sie an uns zurück und schreiben Sie die Nummer {{ rma }} außen auf das Paket. Wenn sie schon unterwegs ist, brauchen Sie nichts zu tun.${note}`,
    },
  },
}
