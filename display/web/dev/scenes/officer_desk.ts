/** The officer's desk of the recorded scenes: its roll, its programme, the acts that the hall offers. */

import type { Act, ProgrammeItem, RollMember, View, Vote } from '../../shared/view'
import { MEMBERS, PRESENT, plan, t, view } from './hall'

const NAMES = [
  'Nguyễn Thị Quỳnh Hương',
  'Trần Văn Lượng',
  'Lê Hoàng Ân',
  'Phạm Thúy Ngà',
  'Đỗ Đức Hiển',
  'Vũ Thị Lưu Mai',
]
const DELEGATIONS = ['Hà Nội', 'Thừa Thiên Huế', 'Bà Rịa – Vũng Tàu', 'Quảng Ngãi', 'Đắk Lắk', 'Kiên Giang']

function members(): RollMember[] {
  return plan()
    .slice(0, MEMBERS)
    .map(({ seat }, n) => ({
      id: `m${n}`,
      name: NAMES[n % NAMES.length] ?? '',
      delegation: DELEGATIONS[(n * 5) % DELEGATIONS.length] ?? '',
      seat,
      present: n % 15 !== 0,
      ...(n % 7 === 1 ? { phone: `${1000 + n} ${9000 - n}` } : {}),
    }))
}

export const ids = { vote: '2019-06-03-pm.2' }
export const HOLD: Act = { act: 'hold', ...ids, label: t('Tạm dừng', 'Hold'), key: 'F2', needs: ['reason'] }
export const EXTEND: Act = {
  act: 'extend',
  ...ids,
  label: t('Thêm thời gian', 'More time'),
  key: 'F4',
  needs: ['extra_s'],
}
export const CANCEL: Act = {
  act: 'cancel',
  ...ids,
  label: t('Hủy lần biểu quyết', 'Cancel the vote'),
  confirm: t(
    'Hủy lần biểu quyết này? Các phiếu đã ghi nhận vẫn còn trong nhật ký nhưng không tính.',
    'Cancel this vote? Ballots stay in the log and don’t count.',
  ),
  needs: ['reason'],
}
export const NEXT_SPEAKER: Act = {
  act: 'give_floor',
  member: 'm0',
  label: t('Mời đại biểu Nguyễn Thị Quỳnh Hương', 'Call Nguyễn Thị Quỳnh Hương'),
  key: 'F6',
}
export const GIVE: Act = { act: 'give_floor', label: t('Mời', 'Call'), needs: ['member'] }
export const WITHDRAW: Act = {
  act: 'withdraw_request',
  label: t('Rút đăng ký', 'Withdraw'),
  needs: ['member'],
}
export const MIC_OFF: Act = { act: 'end_speech', label: t('Tắt micro', 'Microphone off'), key: 'F7' }
export const PRESENCE: Act = {
  act: 'mark_presence',
  label: t('Điểm danh', 'Attendance'),
  needs: ['member', 'present', 'reason'],
}
export const END_PHONE: Act = {
  act: 'end_phone',
  label: t('Ngắt điện thoại', 'End the phone'),
  needs: ['member'],
  confirm: t(
    'Ngắt điện thoại của đại biểu {member}? Điện thoại này không biểu quyết được nữa cho đến khi được gắn lại; phiếu đã ghi nhận vẫn được tính, đại biểu vẫn có mặt và biểu quyết được tại ghế.',
    'End the phone of {member}? It can’t vote any more until it is bound again; ballots already recorded count, and the member stays present and can vote at the seat.',
  ),
  confirm_key: 'F2',
}
export const CLOSE: Act = {
  act: 'close',
  ...ids,
  label: t('KẾT THÚC BIỂU QUYẾT', 'CLOSE THE VOTE'),
  key: 'F9',
  confirm: t(
    'Kết thúc biểu quyết? Đã ghi nhận 312 đại biểu; 140 đại biểu có mặt chưa biểu quyết, sẽ không tính là tham gia.',
    'Close the vote? 312 members are recorded; 140 members present have not voted and won’t count as taking part.',
  ),
  confirm_key: 'F2',
}
export const DECLARE: Act = {
  act: 'declare',
  ...ids,
  label: t('CÔNG BỐ KẾT QUẢ', 'DECLARE THE RESULT'),
  key: 'F9',
  confirm: t(
    'Công bố kết quả: CHƯA ĐƯỢC QUÁ NỬA TÁN THÀNH (240/484)?',
    'Declare: NOT APPROVED BY MORE THAN HALF (240/484)?',
  ),
}

const programme: readonly ProgrammeItem[] = [
  { item: t('Nghe báo cáo tiếp thu, giải trình', 'Report on the comments received'), votes: [] },
  {
    item: t(
      'Dự thảo Luật Phòng, chống tác hại của rượu, bia',
      'Draft law on preventing the harm of alcohol',
    ),
    votes: [
      {
        id: '2019-06-03-pm.1',
        title: t('Khoản 8 Điều 5', 'Article 5, clause 8'),
        option: t('Phương án 1', 'Option 1'),
        kind: 'poll',
        phase: 'superseded',
        outcome: t('đã thay thế (biểu quyết lại)', 'superseded (re-vote)'),
      },
      {
        id: '2019-06-03-pm.2',
        title: t('Khoản 8 Điều 5', 'Article 5, clause 8'),
        option: t('Phương án 2', 'Option 2'),
        kind: 'poll',
        phase: 'open',
      },
      {
        id: '2019-06-03-pm.3',
        title: t('Khoản 5 Điều 5', 'Article 5, clause 5'),
        kind: 'poll',
        phase: 'planned',
      },
    ],
  },
]

export function officer(one: Vote | undefined, over: Partial<View> = {}): View {
  const { vote: _, ...rest } = view()
  return {
    ...rest,
    ...(one ? { vote: one } : {}),
    role: 'officer',
    programme,
    thresholds: [
      { label: t('quá nửa', 'half'), need: 243, have: PRESENT, met: true },
      { label: t('hai phần ba', 'two thirds'), need: 323, have: PRESENT, met: true },
    ],
    health: {
      state: 'ok',
      text: t('2 ghế mất kết nối', '2 seats offline'),
      seats_online: 498,
      seats_offline: ['087', '214'],
      clones: [],
      broker: true,
      store: true,
      last_commit_ms: 3,
    },
    members: members(),
    floor: {
      queue: NAMES.map((name, n) => ({
        member: `m${n}`,
        name,
        delegation: DELEGATIONS[n] ?? '',
        seat: String(n + 1).padStart(3, '0'),
        kind: n % 3 === 1 ? 'debate' : 'speech',
      })),
    },
    acts: [NEXT_SPEAKER, GIVE, WITHDRAW, PRESENCE],
    ...over,
  }
}
