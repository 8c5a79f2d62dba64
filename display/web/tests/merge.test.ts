import { describe, expect, test } from 'vitest'
import { type Json, mergePatch } from '../shared/feed/merge'

/** RFC 7396, appendix A: target, patch, result. */
const PUBLISHED: readonly [Json, Json, Json][] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
]

describe('JSON merge patch', () => {
  test.each(PUBLISHED)('%j patched by %j is %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result)
  })

  test('what the patch leaves alone stays the same object, so that a page redraws only changes', () => {
    const view = { floor: { queue: [] }, vote: { recorded: 312 } }
    const after = mergePatch(view, { vote: { recorded: 313 } }) as typeof view
    expect(after.floor).toBe(view.floor)
    expect(after.vote).not.toBe(view.vote)
    expect(view.vote.recorded).toBe(312)
  })

  test('a member named __proto__ is data and changes no prototype', () => {
    const patch = JSON.parse('{"__proto__":{"role":"officer"}}') as Json
    const after = mergePatch({}, patch) as Record<string, unknown>
    expect(after.role).toBeUndefined()
    expect(Object.keys(after)).toEqual(['__proto__'])
  })
})
