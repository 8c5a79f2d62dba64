import { describe, expect, it } from 'vitest'
import { missingNeeds, orderBody, sortedActs } from '../officer/orders'
import type { Act, View } from '../shared/view'

const label = { vi: 'Mở biểu quyết từ xa', en: 'Open voting by phone' }
const open: Act = { act: 'open_mobile', label, needs: ['members', 'reason'] }

describe('voting by phone', () => {
  it('stands in the attendance list, not among the acts of the vote', () => {
    const view: View = {
      role: 'officer',
      hall: { name: label, log: 'log', test: true },
      acts: [open, { ...open, act: 'close_mobile' }],
    }
    const sorted = sortedActs(view)
    expect([sorted.openMobile?.act, sorted.closeMobile?.act]).toEqual(['open_mobile', 'close_mobile'])
    expect(sorted.middle).toEqual([])
  })

  it('names somebody, and why', () => {
    expect(missingNeeds(open, { members: [], reason: 'họp từ xa' })).toEqual(['members'])
    expect(missingNeeds(open, { members: ['m1'] })).toEqual(['reason'])
    expect(missingNeeds(open, { members: ['m1'], reason: 'họp từ xa' })).toEqual([])
  })

  it('sends each member by id', () => {
    const entries = { members: ['m1', 'm2'], reason: 'họp từ xa' }
    expect(orderBody(open, entries, '12345678')).toEqual({ act: 'open_mobile', id: '12345678', ...entries })
  })
})
