import { describe, expect, test } from 'vitest'
import { view, vote } from '../dev/scenes/hall'
import { declared } from '../dev/scenes/results'
import { remainingMs } from '../shared/remaining'
import { drawnPlan, seatState } from '../shared/seats'
import { clockTime, countdown, dayOf } from '../shared/time'
import { sceneOf } from '../wall/scene'

const speaker = {
  member: 'm',
  name: 'N',
  delegation: 'D',
  kind: 'speech',
  since: '2026-11-21T13:48:00Z',
  limit_s: 420,
}
const speaking = { speaker, queue: [] }

describe('the scene on the wall', () => {
  test.each(['connecting', 'stale', 'signed_out', 'refused'] as const)(
    'is neutral while the line is %s',
    (status) => {
      expect(sceneOf(view({ vote: declared }), status).kind).toBe('neutral')
    },
  )

  test('stays as it was while the line is only just lost', () => {
    expect(sceneOf(view({ vote: vote() }), 'lost').kind).toBe('voting')
  })

  test.each([
    ['announced', 'announced'],
    ['open', 'voting'],
    ['held', 'voting'],
    ['closing', 'voting'],
    ['closed', 'voting'],
    ['cancelled', 'ended'],
    ['superseded', 'ended'],
    ['planned', 'ready'],
  ] as const)('of a vote that is %s is %s', (phase, kind) => {
    expect(sceneOf(view({ vote: vote({ phase }) }), 'live').kind).toBe(kind)
  })

  test('of a declared vote is its result, or only its state where the result is withheld', () => {
    expect(sceneOf(view({ vote: declared }), 'live').kind).toBe('result')
    expect(sceneOf(view({ vote: vote({ phase: 'declared' }) }), 'live').kind).toBe('ended')
  })

  test('is the speaker after a vote, never during one', () => {
    expect(sceneOf(view({ vote: declared, floor: speaking }), 'live').kind).toBe('speaker')
    expect(sceneOf(view({ vote: vote(), floor: speaking }), 'live').kind).toBe('voting')
    expect(sceneOf(view({ floor: speaking }), 'live').kind).toBe('speaker')
  })
})

describe('time', () => {
  const deadline = '2026-11-21T13:48:12.000Z'
  const now = Date.parse('2026-11-21T13:48:00.500Z')

  test('runs down to zero while open, stands still while held, and is absent for a vote closed by hand', () => {
    expect(remainingMs(vote({ deadline }), now)).toBe(11_500)
    expect(remainingMs(vote({ deadline }), now + 60_000)).toBe(0)
    expect(remainingMs(vote({ phase: 'held', remaining_ms: 9_000 }), now)).toBe(9_000)
    expect(remainingMs(vote(), now)).toBeUndefined()
    expect(remainingMs(vote({ phase: 'closed', deadline }), now)).toBeUndefined()
  })

  test('is shown with the second begun', () => {
    expect([12_000, 11_001, 11_000, 1, 0, -5_000, 419_500].map(countdown)).toEqual([
      '00:12',
      '00:12',
      '00:11',
      '00:01',
      '00:00',
      '00:00',
      '07:00',
    ])
  })

  test('is the time in Hà Nội, and a day is written as the chamber writes it', () => {
    expect(clockTime('2019-06-03T03:42:07.120Z')).toBe('10:42:07')
    expect(clockTime('soon')).toBe('soon')
    expect(dayOf('2019-06-03', 'vi')).toBe('03/6/2019')
    expect(dayOf('2024-02-05', 'vi')).toBe('05/02/2024')
    expect(dayOf('2019-06-03', 'en')).toBe('3 June 2019')
  })
})

describe('seats', () => {
  test('each letter is one state, and an unknown letter is never a ballot', () => {
    expect(['-', 'o', '*', 'x', '?', '!', undefined].map(seatState)).toEqual([
      'absent',
      'present',
      'recorded',
      'offline',
      'suspect',
      'absent',
      'absent',
    ])
  })

  test('neighbours never touch, and the box holds them all', () => {
    const { seats, radius, box } = drawnPlan([
      { seat: '1', x: 0.1, y: 0.5, block: 'A' },
      { seat: '2', x: 0.1, y: 0.52, block: 'A' },
      { seat: '3', x: 0.9, y: 0.5, block: 'A' },
    ])
    expect(radius * 2).toBeLessThan(2)
    const [left = 0, top = 0, width = 0, height = 0] = box.split(' ').map(Number)
    for (const { x, y } of seats) {
      expect(x - radius).toBeGreaterThan(left)
      expect(x + radius).toBeLessThan(left + width)
      expect(y - radius).toBeGreaterThan(top)
      expect(y + radius).toBeLessThan(top + height)
    }
  })

  test('an empty plan draws nothing and breaks nothing', () => {
    expect(drawnPlan([])).toMatchObject({ seats: [] })
  })
})
