import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sentenceOf, sentenceWithoutValues } from './sentence.ts'

describe('a sentence of Odoo', () => {
  test('is kept where it says what is wrong', () => {
    for (const text of [
      'You cannot validate a transfer if no quantities are reserved nor done.',
      'The entry RINV/2026/00014 (id 115) must be in draft.',
      "Missing required value for the field 'Customer' (partner_id).",
      'Sie können den Vorgang WH/OUT/00042 vom 23.11.2026 um 05:08:32 nicht abbrechen.',
      'The combination of lot/serial number and product must be unique. Lot/Serial Number: LOT-0925',
    ]) {
      assert.equal(sentenceOf(text), text)
    }
  })

  test('loses what is for developers', () => {
    const message =
      "The operation cannot be completed: Missing required value for the field 'Customer' (partner_id).\nModel: 'Sales Order' (sale.order)\n- create/update: a mandatory field is not set"
    assert.equal(
      sentenceOf(message),
      "Missing required value for the field 'Customer' (partner_id).",
    )
    assert.equal(sentenceOf('No.\n\nTraceback (most recent call last):'), 'No.')
    assert.equal(
      sentenceOf('Violates a constraint\nDETAIL:  Failing row (7, Ines)'),
      'Violates a constraint',
    )
  })

  test('names no address, phone number or machine', () => {
    const masked = {
      'Invalid recipient ines@halden.example, <tomas.berg@mail.example>':
        'Invalid recipient …, <…>',
      'Call +1 555 010 2000 or 0351 / 123 45 67': 'Call … or …',
      'Connection to https://user:pw@erp.internal/x failed': 'Connection to … failed',
      'Could not reach smtp.internal:587 (10.0.0.7:5432)': 'Could not reach … (…)',
    }
    for (const [text, expected] of Object.entries(masked)) assert.equal(sentenceOf(text), expected)
  })

  test('of an import quotes no value that it was given', () => {
    const cases = {
      "No matching record found for name 'Ines Marek' in field 'Customer'":
        "No matching record found for name '…' in field 'Customer'",
      "'abc' does not seem to be a number for field 'Stock Moves/Demand'":
        "'…' does not seem to be a number for field 'Stock Moves/Demand'",
      "You can't do this, it isn't allowed": "You can't do this, it isn't allowed",
    }
    for (const [text, expected] of Object.entries(cases)) {
      assert.equal(sentenceWithoutValues(text), expected)
    }
  })
})
