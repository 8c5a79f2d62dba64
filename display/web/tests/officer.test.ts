import { describe, expect, test } from 'vitest'
import { CHOICES, t, view, vote } from '../dev/scenes/hall'
import { entriesOf } from '../officer/entries'
import {
  actOfKey,
  confirmKey,
  missingNeeds,
  ofMember,
  orderBody,
  permitted,
  sortedActs,
} from '../officer/orders'
import { found } from '../officer/roll_search'
import type { Act } from '../shared/view'

const act = (name: string, over: Partial<Act> = {}): Act => ({ act: name, label: t(name, name), ...over })
const here = vote().id

describe('the console', () => {
  const shown = view({
    vote: vote(),
    next: act('close', { vote: here, key: 'F9' }),
    acts: [
      act('hold', { vote: here, key: 'F8' }),
      act('announce', { vote: 'later' }),
      act('give_floor', { member: 'm1', key: 'F6' }),
      act('end_speech', { key: 'F7' }),
      act('mark_presence', { needs: ['member', 'present', 'reason'] }),
      act('end_phone', { needs: ['member'] }),
      act('acknowledge', { needs: ['incident'] }),
      act('adjourn'),
    ],
  })

  test('puts each act where it belongs', () => {
    const sorted = sortedActs(shown)
    expect(sorted.next?.act).toBe('close')
    expect(sorted.middle.map((one) => one.act)).toEqual(['hold', 'adjourn'])
    expect(sorted.floor.map((one) => one.act)).toEqual(['give_floor', 'end_speech'])
    expect(sorted.programme.get('later')?.map((one) => one.act)).toEqual(['announce'])
    expect(sorted.attendance?.act).toBe('mark_presence')
    expect(sorted.phone?.act).toBe('end_phone')
    expect(sorted.acknowledge?.act).toBe('acknowledge')
  })

  test('answers function keys that the hall gave, the next step first', () => {
    expect(actOfKey(shown, 'F9')?.act).toBe('close')
    expect(actOfKey(shown, 'F6')?.act).toBe('give_floor')
    expect(actOfKey(shown, 'a')).toBeUndefined()
    expect(actOfKey(view(), 'F9')).toBeUndefined()
  })

  test.each([
    [{ key: 'F9' }, 'F2'],
    [{ key: 'F2' }, 'F4'],
    [{ key: 'F9', confirm_key: 'F3' }, 'F3'],
    [{ key: 'F9', confirm_key: 'F9' }, 'F2'],
    [{}, 'F2'],
  ])('confirms %j with %s, never with the key that asked', (over, key) => {
    expect(confirmKey(act('close', over))).toBe(key)
  })
})

describe('what an officer may', () => {
  const shown = view({
    next: act('close', { key: 'F9' }),
    acts: [act('hold', { key: 'F8' }), act('cancel')],
    requests: [],
  })

  test('is all that the page offers, by key too', () => {
    const operator = permitted(shown, (name) => name !== 'cancel')
    expect(operator.acts?.map((one) => one.act)).toEqual(['hold'])
    expect(operator.next?.act).toBe('close')
    const director = permitted(shown, () => false)
    expect([director.next, director.acts]).toEqual([undefined, []])
    expect(actOfKey(director, 'F9')).toBeUndefined()
    expect(director.requests).toEqual([])
  })
})

describe('an order', () => {
  test('on one member is asked with the name, in both languages', () => {
    const end = act('end_phone', { confirm: t('Ngắt điện thoại của {member}?', 'End {member}’s phone?') })
    expect(ofMember(end, 'Lê Hoàng Ân').confirm).toEqual(
      t('Ngắt điện thoại của Lê Hoàng Ân?', 'End Lê Hoàng Ân’s phone?'),
    )
    expect(ofMember(act('end_phone'), 'Lê Hoàng Ân')).toEqual(act('end_phone'))
  })

  test('holds the act, its vote and member, its entries and its id, nothing else', () => {
    const revote = act('revote', { vote: 'v1', key: 'F3', confirm: t('?', '?') })
    const entries = { reason: 'Nhiều đại biểu chưa nghe rõ', ordered_by: 'Chủ tọa' }
    expect(orderBody(revote, entries, 'id-12345678')).toEqual({
      act: 'revote',
      vote: 'v1',
      id: 'id-12345678',
      ...entries,
    })
    expect(orderBody(act('give_floor', { member: 'm1' }), {}, 'id-12345678')).toEqual({
      act: 'give_floor',
      member: 'm1',
      id: 'id-12345678',
    })
    expect(orderBody(act('adjourn'), {}, 'id-12345678')).toEqual({ act: 'adjourn', id: 'id-12345678' })
  })

  test('is not sent before all that it needs is entered', () => {
    const extend = act('extend', { needs: ['extra_s', 'reason'] })
    expect(
      missingNeeds(extend, entriesOf(['extra_s', 'reason'], { extra_s: '1,5', reason: ' ' }, [])),
    ).toEqual(['extra_s', 'reason'])
    expect(
      missingNeeds(extend, entriesOf(['extra_s', 'reason'], { extra_s: '30', reason: 'x' }, [])),
    ).toEqual([])
    expect(
      missingNeeds(extend, entriesOf(['extra_s', 'reason'], { extra_s: '0', reason: 'x' }, [])),
    ).toEqual(['extra_s'])
  })

  test('of a hand count has a whole number for each choice, zero too', () => {
    const draft = { 'count:approve': '240', 'count:reject': '0', 'count:not_voting': ' 45 ' }
    expect(entriesOf(['counts'], draft, CHOICES)).toEqual({
      counts: { approve: 240, reject: 0, not_voting: 45 },
    })
    expect(entriesOf(['counts'], { ...draft, 'count:reject': '' }, CHOICES)).toEqual({})
    expect(entriesOf(['counts'], { ...draft, 'count:reject': '-1' }, CHOICES)).toEqual({})
  })

  test('of attendance says present or absent, never something between', () => {
    expect(entriesOf(['present'], { present: 'no' }, [])).toEqual({ present: false })
    expect(entriesOf(['present'], {}, [])).toEqual({})
  })
})

test('a member is found by name without accents, by delegation and by seat', () => {
  const members = [
    { id: '1', name: 'Đỗ Đức Hiển', delegation: 'Đắk Lắk', seat: '087', present: true },
    { id: '2', name: 'Nguyễn Thị Quỳnh Hương', delegation: 'Hà Nội', present: false },
  ]
  const ids = (typed: string) => found(members, typed).map(({ id }) => id)
  expect([ids('do duc'), ids('QUỲNH'), ids('dak'), ids('087'), ids(''), ids('xyz')]).toEqual([
    ['1'],
    ['2'],
    ['1'],
    ['1'],
    ['1', '2'],
    [],
  ])
})
