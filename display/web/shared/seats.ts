/** The hall's plan and the states of its seats, as drawn on walls and consoles. */

import type { PlannedSeat } from './view'

export type SeatState = 'absent' | 'present' | 'recorded' | 'offline' | 'suspect'

const STATES: Readonly<Record<string, SeatState>> = {
  '-': 'absent',
  o: 'present',
  '*': 'recorded',
  x: 'offline',
  '?': 'suspect',
}

/** A letter that isn't known is drawn as an empty seat: never as a ballot. */
export function seatState(letter: string | undefined): SeatState {
  return STATES[letter ?? '-'] ?? 'absent'
}

/** The plan's unit across is this many units down (display/plan.py draws for a wide screen). */
const ASPECT = 16 / 9
/** Drawing units from the plan's top to its bottom. */
const HEIGHT = 100

export interface DrawnSeat {
  readonly seat: string
  readonly x: number
  readonly y: number
}

export interface DrawnPlan {
  readonly seats: readonly DrawnSeat[]
  /** Half of what the nearest neighbours leave. */
  readonly radius: number
  /** The SVG viewBox that holds every seat and nothing more. */
  readonly box: string
}

/** The plan in drawing units. Seats stand as near as they stand in the hall, so the closest two decide the size. */
export function drawnPlan(plan: readonly PlannedSeat[]): DrawnPlan {
  const seats = plan.map(({ seat, x, y }) => ({ seat, x: x * HEIGHT * ASPECT, y: y * HEIGHT }))
  const radius = Math.min(3, nearest(seats) * 0.42)
  return { seats, radius, box: boxAround(seats, radius * 1.6) }
}

function nearest(seats: readonly DrawnSeat[]): number {
  let least = Number.POSITIVE_INFINITY
  for (const [index, one] of seats.entries()) {
    for (const other of seats.slice(index + 1)) {
      const apart = Math.hypot(one.x - other.x, one.y - other.y)
      if (apart > 0 && apart < least) least = apart
    }
  }
  return Number.isFinite(least) ? least : 6
}

function boxAround(seats: readonly DrawnSeat[], margin: number): string {
  if (seats.length === 0) return `0 0 ${HEIGHT * ASPECT} ${HEIGHT}`
  const xs = seats.map(({ x }) => x)
  const ys = seats.map(({ y }) => y)
  const left = Math.min(...xs) - margin
  const top = Math.min(...ys) - margin
  return `${left} ${top} ${Math.max(...xs) + margin - left} ${Math.max(...ys) + margin - top}`
}
