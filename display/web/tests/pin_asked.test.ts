import { expect, test } from 'vitest'
import { ledBy, type PinAsked, type PinForm } from '../member/pin_asked'

const request = { chal: 'c1', key: {}, greeting: ['KINH CHAO', 'NGUYEN VAN A'] }
const waiting: PinAsked = { state: 'waiting', request }
const wrong: PinAsked = { state: 'wrong', tries_left: 2, request }
const over: PinAsked = { state: 'timeout' }
const closed: PinForm = { led: false, seat: undefined, asked: undefined, declined: undefined }
const led: PinForm = { ...closed, led: true, seat: '003', asked: waiting }

test.each([
  ['comes by itself where the card waits', waiting, closed, 'open'],
  ['comes also after a wrong PIN, with what it says', wrong, closed, 'open'],
  ['stays away where nothing is awaited', { state: 'none' } as PinAsked, closed, 'stay'],
  ['stays away once closed for this challenge', waiting, { ...closed, declined: 'c1' }, 'stay'],
  ['comes again for another challenge', waiting, { ...closed, declined: 'c0' }, 'open'],
  ['leaves alone a form that the member opened', waiting, { ...closed, seat: '004' }, 'stay'],
  ['is not disturbed while nothing changes', { ...waiting }, led, 'stay'],
  ['says what went wrong', wrong, led, 'show'],
  ['says that nothing is awaited any more', over, led, 'show'],
  ['follows a card put in anew', { state: 'waiting', request: { ...request, chal: 'c2' } }, led, 'show'],
] as const)('the PIN form %s', (_, news, form, change) => {
  expect(ledBy(news, form)).toBe(change)
})
