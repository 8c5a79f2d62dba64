import { expect, test } from 'vitest'
import { found, nearestTo, towards } from '../twin/steps'

const at = (seat: string, x: number, y: number) => ({ seat, x, y })
const seats = [at('001', 0, 0), at('002', 10, 0), at('003', 20, 1), at('004', 10, 10)]
const plan = [
  { seat: '001', x: 0, y: 0, block: 'A', row: null, member: 'm-1', name: 'Đại biểu số 001' },
  { seat: '012', x: 0, y: 0, block: 'A', row: null, member: 'm-2', name: 'Nguyễn Văn Bình' },
  { seat: '112', x: 0, y: 0, block: 'A', row: null, member: null, name: null },
]

test('the nearest seat is chosen, and none from far away', () => {
  expect(nearestTo(seats, 8, 1, 5)).toBe('002')
  expect(nearestTo(seats, 50, 50, 5)).toBeUndefined()
})

test('arrows go to the next seat in their direction, and stay at the edge', () => {
  const from = at('002', 10, 0)
  expect(towards(seats, from, 'ArrowRight')).toBe('003')
  expect(towards(seats, from, 'ArrowLeft')).toBe('001')
  expect(towards(seats, from, 'ArrowDown')).toBe('004')
  expect(towards(seats, from, 'ArrowUp')).toBeUndefined()
  expect(towards(seats, from, 'Enter')).toBeUndefined()
})

test('seats are found by number first, and by name without accents', () => {
  expect(found(plan, '12', 6).map(({ seat }) => seat)).toEqual(['012', '112'])
  expect(found(plan, 'binh', 6).map(({ seat }) => seat)).toEqual(['012'])
  expect(found(plan, 'dai bieu', 6).map(({ seat }) => seat)).toEqual(['001'])
  expect(found(plan, '  ', 6)).toEqual([])
})
