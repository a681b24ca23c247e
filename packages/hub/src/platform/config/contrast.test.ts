import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isReadableBehindWhite } from './contrast.ts'

test('white text is asked to be readable on a color', () => {
  for (const color of ['#000000', '#1f4e79', '#767676', '#B00020']) {
    assert.equal(isReadableBehindWhite(color), true, color)
  }
  for (const color of ['#ffffff', '#777777', '#ff6600', '#ffd400']) {
    assert.equal(isReadableBehindWhite(color), false, color)
  }
})
