/** What the twin tells of its seats: simulators/twin, member for member. Following it is pure. */

export const LETTERS = ['-', 'c', 'p', 's', 'a', 'b', 'r', 'm', 'x'] as const
export type Letter = (typeof LETTERS)[number]
export type Lamp = 'off' | 'steady' | 'blink'
export type Key = '1' | '2' | '3' | 'speak'
export type Leaning = 'for' | 'divided' | 'against'

export interface TwinSeat {
  readonly seat: string
  readonly x: number
  readonly y: number
  readonly block: string
  /** The row whose line it hangs on; null: a network console. */
  readonly row: string | null
  readonly member: string | null
  readonly name: string | null
}

export interface Card {
  readonly member: string
  readonly name: string
  readonly seat: string
  readonly pin: string
  readonly tries_left: number
}

export interface Unit {
  readonly seat: string
  readonly bridge: string
  readonly serial: string
  readonly address: number
  readonly wired: boolean
  readonly plugged: boolean
  readonly powered: boolean
  readonly connected: boolean
  readonly lines: readonly [string, string]
  readonly lamps: readonly [Lamp, Lamp, Lamp]
  readonly request: Lamp
  readonly microphone: boolean
  readonly armed: boolean
  readonly asks_pin: boolean
  /** The unit has a key that says that a person is there: held with the other hand while one votes. */
  readonly person_key: boolean
  readonly person: boolean
  readonly card: Card | null
  readonly owner: { readonly member: string; readonly name: string } | null
  readonly taken: boolean
  readonly stuck: readonly Key[]
  readonly cloned: boolean
  readonly recorded_ms: number | null
}

export interface HallState {
  readonly open: boolean
  readonly taken: readonly string[]
  readonly follows: boolean
  readonly leaning: Leaning
}

export interface Picture {
  readonly n: number
  readonly seats: readonly string[]
  readonly hall: HallState
  readonly unit: Unit | null
}

interface Message {
  readonly type?: unknown
  readonly n?: unknown
  readonly seats?: string | readonly (readonly [number, string])[]
  readonly hall?: HallState
  readonly unit?: Unit | null
}

/** The picture after one message; undefined where one is missing, so that only a new connection can be trusted. */
export function followed(current: Picture | undefined, text: string): Picture | undefined {
  const message = parsed(text)
  if (!message || typeof message.n !== 'number') return undefined
  if (message.type === 'snapshot') return begun(message, message.n)
  if (!current) return undefined
  if (message.type === 'beat') return message.n === current.n ? current : undefined
  return message.type === 'change' && message.n === current.n + 1 ? changed(current, message) : undefined
}

function begun({ seats, hall, unit = null }: Message, n: number): Picture | undefined {
  return typeof seats === 'string' && hall ? { n, seats: [...seats], hall, unit } : undefined
}

function changed(current: Picture, { seats, hall, unit }: Message): Picture {
  let letters = current.seats
  if (Array.isArray(seats)) {
    const next = [...letters]
    for (const [place, letter] of seats as readonly (readonly [number, string])[]) next[place] = letter
    letters = next
  }
  return {
    n: current.n + 1,
    seats: letters,
    hall: hall ?? current.hall,
    unit: unit === undefined ? current.unit : unit,
  }
}

function parsed(text: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(text)
    return typeof message === 'object' && message !== null ? message : undefined
  } catch {
    return undefined
  }
}

/** A letter that isn't known is drawn as a seat that nothing is known of. */
export function letterOf(letter: string | undefined): Letter {
  return LETTERS.find((one) => one === letter) ?? 'x'
}

/** How many seats are in each state, in the legend's order. */
export function counted(seats: readonly string[]): ReadonlyMap<Letter, number> {
  const counts = new Map<Letter, number>(LETTERS.map((letter) => [letter, 0]))
  for (const one of seats) {
    const letter = letterOf(one)
    counts.set(letter, (counts.get(letter) ?? 0) + 1)
  }
  return counts
}
