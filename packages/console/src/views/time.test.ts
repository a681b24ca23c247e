import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { durationText, exactText, relativeText, shortText } from './time.ts'

const now = new Date('2026-03-10T12:00:00Z')
const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

describe('times as people read them', () => {
  test('a length has two units at most, and no seconds beside minutes', () => {
    assert.equal(durationText(2 * day + 4 * hour + 5 * minute, 'en'), '2 d 4 h')
    assert.equal(durationText(3 * hour, 'en'), '3 h')
    assert.equal(durationText(5 * minute + 12 * second, 'en'), '5 m')
    assert.equal(durationText(12 * second, 'en'), '12 s')
    assert.equal(durationText(-5, 'en'), '0 s')
  })

  test('a time says how long ago it was', () => {
    assert.equal(relativeText(new Date(now.getTime() - 3 * hour), now, 'en'), '3 hours ago')
    assert.equal(relativeText(new Date(now.getTime() - day), now, 'de'), 'gestern')
  })

  test('a time is in the zone asked for, and names it', () => {
    const at = new Date('2026-03-10T23:30:00Z')
    assert.match(exactText(at, 'Europe/Amsterdam', 'en-GB'), /Wed.*11 Mar 2026.*00:30.*CET/)
    assert.equal(shortText(at, at, { zone: 'UTC', language: 'en-GB' }), '23:30')
    assert.match(shortText(now, at, { zone: 'Asia/Tokyo', language: 'en-GB' }), /10 Mar.*21:00/)
  })
})
