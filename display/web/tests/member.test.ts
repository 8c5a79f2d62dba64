import { describe, expect, test } from 'vitest'
import { vote } from '../dev/scenes/hall'
import { ballotState } from '../member/ballot_state'
import type { KeptReceipt } from '../member/kept'
import { isFinal, waitBeforeRepeat } from '../member/repeating'
import { spokenLeftMs } from '../shared/floor'
import { en } from '../shared/words/en'
import { vi } from '../shared/words/vi'

const here = vote()
const told = { choice: 'approve', t: '2026-11-21T13:48:00.123Z', seq: 10, code: '7F3A' }
const receipt = (over: Partial<KeptReceipt>) =>
  ({ vote: here.id, choice: 'reject', t: 't', seq: 12, ...over }) as KeptReceipt
const text = { vi: 'Đã hết giờ', en: 'Too late' }

describe("the member's own ballot", () => {
  test('is what the hall tells, or a later receipt of this phone', () => {
    expect(ballotState(here, told, undefined, undefined, []).recorded?.choice).toBe('approve')
    expect(ballotState(here, told, undefined, undefined, [receipt({})]).recorded?.choice).toBe('reject')
    expect(
      ballotState(here, { ...told, seq: 13 }, undefined, undefined, [receipt({})]).recorded?.choice,
    ).toBe('approve')
  })

  test('of another vote says nothing of this one', () => {
    const casting = { vote: 'another', choice: 'approve', late: true }
    const lost = { vote: 'another', choice: 'approve', why: text }
    const state = ballotState(here, undefined, casting, lost, [receipt({ vote: 'another' })])
    expect(state).toEqual({ recorded: undefined, casting: undefined, lost: undefined })
  })

  test('stays recorded while a change of it is on its way', () => {
    const state = ballotState(here, told, { vote: here.id, choice: 'reject', late: true }, undefined, [])
    expect(state.recorded?.choice).toBe('approve')
    expect(state.casting?.choice).toBe('reject')
  })
})

describe('sending again', () => {
  test('follows the pace of the seats', () => {
    expect([0, 1, 2, 3, 100].map(waitBeforeRepeat)).toEqual([400, 800, 1600, 1600, 1600])
  })

  test.each([401, 408, 429, 502, 503, 504])('goes on after %i: it may still be recorded', (status) => {
    expect(isFinal({ kind: 'refused', status, code: 'c', text })).toBe(false)
  })

  test.each([400, 403, 404, 409, 422])('ends with %i: the hall has refused it', (status) => {
    expect(isFinal({ kind: 'refused', status, code: 'c', text })).toBe(true)
  })

  test('ends with a receipt, not with silence', () => {
    expect(isFinal({ kind: 'done', value: 1 })).toBe(true)
    expect(isFinal({ kind: 'unanswered' })).toBe(false)
  })
})

test('a speech runs from its beginning, past its limit too', () => {
  const speaker = {
    member: 'm',
    name: 'N',
    delegation: 'D',
    kind: 'speech',
    since: '2026-11-21T13:48:00Z',
    limit_s: 60,
  }
  expect(spokenLeftMs(speaker, Date.parse('2026-11-21T13:48:30Z'))).toBe(30_000)
  expect(spokenLeftMs(speaker, Date.parse('2026-11-21T13:49:10Z'))).toBe(-10_000)
})

describe('the words of both languages', () => {
  const leaves = (words: object): string[] =>
    Object.values(words).flatMap((value) => (typeof value === 'string' ? [value] : leaves(value)))

  test('are all there, and differ where they should', () => {
    expect(leaves(vi).every((word) => word.trim() !== '')).toBe(true)
    expect(leaves(en)).toHaveLength(leaves(vi).length)
  })

  test('carry the same gaps', () => {
    const gaps = (words: object) => leaves(words).map((word) => word.match(/\{\w+\}/g)?.join() ?? '')
    expect(gaps(en)).toEqual(gaps(vi))
  })

  test('in Vietnamese are composed letters, as fonts and searches expect', () => {
    expect(leaves(vi).every((word) => word === word.normalize('NFC'))).toBe(true)
  })
})
