import { expect, test } from 'vitest'
import { counted, followed, letterOf, type Picture } from '../twin/seen'

const hall = { open: true, taken: [], follows: true, leaning: 'for' }
const snapshot = JSON.stringify({ type: 'snapshot', n: 1, seats: 's-x', hall, unit: null })

function begun(): Picture {
  const picture = followed(undefined, snapshot)
  if (!picture) throw new Error('the snapshot was not understood')
  return picture
}

test('a snapshot begins the picture, changes alter what they name', () => {
  const change = JSON.stringify({ type: 'change', n: 2, seats: [[1, 'r']], unit: { seat: '002' } })
  const next = followed(begun(), change)
  expect(next?.seats).toEqual(['s', 'r', 'x'])
  expect(next?.unit?.seat).toBe('002')
  expect(next?.hall).toEqual(hall)
})

test('a unit that is looked at no more is taken away, one that is not named stays', () => {
  const looked = followed(begun(), '{"type":"change","n":2,"unit":{"seat":"001"}}')
  expect(followed(looked, '{"type":"change","n":3,"seats":[[0,"a"]]}')?.unit?.seat).toBe('001')
  expect(followed(looked, '{"type":"change","n":3,"unit":null}')?.unit).toBeNull()
})

test.each([
  ['{"type":"change","n":3}', 'a message is missing'],
  ['{"type":"beat","n":2}', 'a beat of another picture'],
  ['{"type":"other","n":2}', 'an unknown kind'],
  ['{', 'no JSON'],
  ['null', 'nothing'],
])('%s: %s', (text) => {
  expect(followed(begun(), text)).toBeUndefined()
})

test('nothing but a snapshot begins a picture', () => {
  expect(followed(undefined, '{"type":"change","n":1,"seats":[]}')).toBeUndefined()
})

test('a letter that is not known is a seat that nothing is known of', () => {
  expect(letterOf('?')).toBe('x')
  expect(counted(['s', 's', '?']).get('x')).toBe(1)
})
