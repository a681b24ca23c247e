import { layoutWith } from './layout.ts'
import type { Language } from './template.ts'

const note = '{% if note %}\n\nOur note to you: {{ note }}{% endif %}'

export const english: Language = {
  layout: layoutWith({
    language: 'en',
    greeting: 'Hello {{ customer.name }},',
    greetingNameless: 'Hello,',
    goods: 'This is about:',
    status: 'See where your return stands:',
    closing: 'Kind regards',
    reference:
      'Your return {{ rma }}{% if orders.size > 0 %}, order {{ orders | join: ", " }}{% endif %}',
    automatic:
      'This message was sent automatically. If you answer it, please leave the subject as it is.',
  }),
  messages: {
    authorized: {
      subject: 'Your return {{ rma }} is approved',
      text: `Your return {{ rma }} is approved. Please send the goods back to us, and put the number {{ rma }} on the outside of the parcel.${note}`,
    },
    canceled: {
      subject: 'Your return {{ rma }} was canceled',
      text: `Your return {{ rma }} was canceled. Please do not send the goods back.${note}`,
    },
    delay_ended: {
      subject: 'Your return {{ rma }} is up to date again',
      text: 'We had told you that news of your return {{ rma }} was late. The delay is over, and everything has been passed on. There is nothing for you to do.',
    },
    delayed: {
      subject: 'Your return {{ rma }} takes a little longer',
      text: 'Your return {{ rma }} is safe with us, but a system that has to work on it is not reachable at the moment. What comes next may therefore take longer than usual. There is nothing for you to do; we will write again as soon as it has come right.',
    },
    expired: {
      subject: 'Your return {{ rma }} has expired',
      text: `We have not received the goods of your return {{ rma }} in time, and its approval has expired. If you still want to send them back, please get in touch with us first.${note}`,
    },
    info_needed: {
      subject: 'We need to know more about your return {{ rma }}',
      text: `To decide on your return {{ rma }} we need an answer from you.${note}\n\nPlease reply to this message.`,
    },
    news: {
      subject: 'News of your return {{ rma }}',
      text: `There is news of your return {{ rma }}.${note}`,
    },
    partially_received: {
      subject: 'Part of your return {{ rma }} has arrived',
      text: `Part of the goods of your return {{ rma }} has arrived. We go on as soon as the rest is here.${note}`,
    },
    received: {
      subject: 'Your return {{ rma }} has arrived',
      text: `The goods of your return {{ rma }} have arrived. We are going to inspect them, and will write again.${note}`,
    },
    refunded: {
      subject: 'Your return {{ rma }}: refund',
      text: `{% if refunded %}We have refunded {{ refunded | money }} for your return {{ rma }}.{% elsif credited %}We have credited {{ credited | money }} for your return {{ rma }}.{% else %}Your return {{ rma }} has been refunded.{% endif %} It may take your bank a few days to show it.${note}`,
    },
    rejected: {
      subject: 'Your return {{ rma }} cannot be accepted',
      text: `Unfortunately we cannot accept your return {{ rma }}.${note}\n\nIf you have questions, please reply to this message.`,
    },
    repaired: {
      subject: 'Your return {{ rma }}: repaired',
      text: `The goods of your return {{ rma }} are repaired and back with you.${note}`,
    },
    replaced: {
      subject: 'Your return {{ rma }}: replacement',
      text: `The replacement for your return {{ rma }} has been delivered.${note}`,
    },
    returned_to_customer: {
      subject: 'Your return {{ rma }}: goods sent back to you',
      text: `The goods of your return {{ rma }} have been sent back to you.${note}`,
    },
    ship_reminder: {
      subject: 'Reminder: please send the goods of your return {{ rma }}',
      text: `Your return {{ rma }} is approved, but we have not seen the goods on their way yet. Please send them back to us, and put the number {{ rma }} on the outside of the parcel. If they are on their way already, there is nothing for you to do.${note}`,
    },
  },
}
