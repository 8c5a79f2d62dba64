import { describe, expect, test } from 'vitest'
import { waitBeforeAttempt } from '../shared/feed/back_off'
import { type Followed, follow } from '../shared/feed/follow'

const t = '2026-11-21T13:48:00.123Z'
const snapshot = (n: number, recorded = 312) =>
  JSON.stringify({ type: 'snapshot', n, t, view: { vote: { recorded } } })
const change = (n: number, recorded: number) =>
  JSON.stringify({ type: 'change', n, t, patch: { vote: { recorded } } })
const beat = (n: number) => JSON.stringify({ type: 'beat', n, t })

function pictureOf(...messages: string[]): Followed {
  let followed: Followed | undefined
  for (const message of messages) {
    const step = follow(followed, message)
    if (step.kind === 'gap') throw new Error(`gap at ${message}`)
    if (step.kind === 'view') followed = step.followed
  }
  if (!followed) throw new Error('nothing was shown')
  return followed
}

describe('following the feed', () => {
  test('a snapshot and its changes, one by one', () => {
    const followed = pictureOf(snapshot(41), change(42, 313), beat(42), change(43, 314))
    expect(followed).toEqual({ n: 43, view: { vote: { recorded: 314 } } })
  })

  test('a snapshot in the middle replaces everything: the listener was slower than the hall', () => {
    expect(pictureOf(snapshot(41), change(42, 313), snapshot(90, 400)).n).toBe(90)
  })

  test.each([
    ['a change that skips one', change(43, 313)],
    ['a change told twice', change(41, 313)],
    ['a beat of another number: a change was missed', beat(42)],
    ['no JSON', '{"type":"change"'],
    ['no object', '[1]'],
    ['an unknown type', JSON.stringify({ type: 'party', n: 42, t })],
    ['a number that is text', JSON.stringify({ type: 'beat', n: '41', t })],
    ['a change without a patch', JSON.stringify({ type: 'change', n: 42, t })],
    ['a patch that would replace the view', JSON.stringify({ type: 'change', n: 42, t, patch: null })],
  ])('%s is a gap', (_, message) => {
    expect(follow(pictureOf(snapshot(41)), message)).toEqual({ kind: 'gap' })
  })

  test.each([change(42, 313), beat(41)])('nothing is shown before a snapshot: %s', (message) => {
    expect(follow(undefined, message)).toEqual({ kind: 'gap' })
  })
})

describe('waiting before another attempt', () => {
  test('quick first, then longer, never longer than four seconds', () => {
    const waits = [0, 1, 2, 3, 4, 5, 50].map((failures) => waitBeforeAttempt(failures, 1))
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000])
  })

  test('dice spread the listeners over half the time', () => {
    expect(waitBeforeAttempt(2, 0)).toBe(500)
  })
})
