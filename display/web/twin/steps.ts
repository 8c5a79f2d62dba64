/** From seat to seat: by pointer, by arrow keys, by what is typed. Pure. */

import type { DrawnSeat } from '../shared/seats'
import type { TwinSeat } from './seen'

/** The seat nearest to a point, unless all are farther than `within`. */
export function nearestTo(
  seats: readonly DrawnSeat[],
  x: number,
  y: number,
  within: number,
): string | undefined {
  let best: { seat: string; far: number } | undefined
  for (const one of seats) {
    const far = Math.hypot(one.x - x, one.y - y)
    if (far <= within && (!best || far < best.far)) best = { seat: one.seat, far }
  }
  return best?.seat
}

const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** The next seat in an arrow's direction: straight ahead counts for more than near. */
export function towards(seats: readonly DrawnSeat[], from: DrawnSeat, key: string): string | undefined {
  const direction = DIRECTIONS[key]
  if (!direction) return undefined
  let best: { seat: string; cost: number } | undefined
  for (const one of seats) {
    const along = (one.x - from.x) * direction[0] + (one.y - from.y) * direction[1]
    const aside = Math.abs((one.x - from.x) * direction[1]) + Math.abs((one.y - from.y) * direction[0])
    if (along <= 0.01 || aside > along * 2) continue
    const cost = along + aside * 2
    if (!best || cost < best.cost) best = { seat: one.seat, cost }
  }
  return best?.seat
}

/** Seats whose number, member or name holds what was typed, with or without accents; at most `most`. */
export function found(plan: readonly TwinSeat[], typed: string, most: number): readonly TwinSeat[] {
  const wanted = plain(typed)
  if (wanted === '') return []
  const exact = plan.filter(({ seat }) => seat === wanted || Number(seat) === Number(wanted))
  const others = plan.filter(
    (one) =>
      !exact.includes(one) && plain(`${one.seat} ${one.name ?? ''} ${one.member ?? ''}`).includes(wanted),
  )
  return [...exact, ...others].slice(0, most)
}

function plain(text: string): string {
  const unaccented = text.normalize('NFD').replace(/\p{Diacritic}/gu, '')
  return unaccented.replaceAll('đ', 'd').replaceAll('Đ', 'D').toLowerCase().trim()
}
