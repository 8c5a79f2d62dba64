import type { Act, ProgrammeItem, RollMember, View, Vote } from '../../shared/view'
import type { Scene } from '.'
import { inSeconds, MEMBERS, PRESENT, plan, seats, t, view, vote } from './hall'
import { declared, REJECTED } from './results'

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

const ids = { vote: '2019-06-03-pm.2' }
const HOLD: Act = { act: 'hold', ...ids, label: t('Tạm dừng', 'Hold'), key: 'F2', needs: ['reason'] }
const EXTEND: Act = {
  act: 'extend',
  ...ids,
  label: t('Thêm thời gian', 'More time'),
  key: 'F4',
  needs: ['extra_s'],
}
const CANCEL: Act = {
  act: 'cancel',
  ...ids,
  label: t('Hủy lần biểu quyết', 'Cancel the vote'),
  confirm: t(
    'Hủy lần biểu quyết này? Các phiếu đã ghi nhận vẫn còn trong nhật ký nhưng không tính.',
    'Cancel this vote? Ballots stay in the log and don’t count.',
  ),
  needs: ['reason'],
}
const NEXT_SPEAKER: Act = {
  act: 'give_floor',
  member: 'm0',
  label: t('Mời đại biểu Nguyễn Thị Quỳnh Hương', 'Call Nguyễn Thị Quỳnh Hương'),
  key: 'F6',
}
const GIVE: Act = { act: 'give_floor', label: t('Mời', 'Call'), needs: ['member'] }
const WITHDRAW: Act = { act: 'withdraw_request', label: t('Rút đăng ký', 'Withdraw'), needs: ['member'] }
const MIC_OFF: Act = { act: 'end_speech', label: t('Tắt micro', 'Microphone off'), key: 'F7' }
const PRESENCE: Act = {
  act: 'mark_presence',
  label: t('Điểm danh', 'Attendance'),
  needs: ['member', 'present', 'reason'],
}
const END_PHONE: Act = {
  act: 'end_phone',
  label: t('Ngắt điện thoại', 'End the phone'),
  needs: ['member'],
  confirm: t(
    'Ngắt điện thoại của đại biểu {member}? Điện thoại này không biểu quyết được nữa cho đến khi được gắn lại; phiếu đã ghi nhận vẫn được tính, đại biểu vẫn có mặt và biểu quyết được tại ghế.',
    'End the phone of {member}? It can’t vote any more until it is bound again; ballots already recorded count, and the member stays present and can vote at the seat.',
  ),
  confirm_key: 'F2',
}
const CLOSE: Act = {
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
const DECLARE: Act = {
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

function officer(one: Vote | undefined, over: Partial<View> = {}): View {
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

const live = (now: number) =>
  vote({ deadline: inSeconds(now, 12), seats: seats(312, { 86: 'x', 213: 'x', 40: '?' }) })
const openActs = {
  next: CLOSE,
  acts: [HOLD, EXTEND, CANCEL, NEXT_SPEAKER, GIVE, WITHDRAW, PRESENCE, END_PHONE],
}
const REFUSED = {
  status: 409,
  body: {
    code: 'vote_not_open',
    text: t(
      'Lần biểu quyết này không còn mở; không có gì thay đổi.',
      'This vote is no longer open; nothing has changed.',
    ),
  },
}

export const officerScenes: Readonly<Record<string, Scene>> = {
  'officer-open': { page: 'officer', view: (now) => officer(live(now), openActs) },
  'officer-refused': {
    page: 'officer',
    view: (now) => officer(live(now), openActs),
    calls: { 'POST /api/acts': REFUSED },
  },
  'officer-unanswered': {
    page: 'officer',
    view: (now) => officer(live(now), openActs),
    calls: { 'POST /api/acts': { status: 502, body: {} } },
  },
  'officer-announced': {
    page: 'officer',
    view: () =>
      officer(
        vote({
          phase: 'announced',
          state: t('CHUẨN BỊ BIỂU QUYẾT', 'PREPARE TO VOTE'),
          recorded: 0,
          seats: seats(0),
        }),
        {
          next: { act: 'open', ...ids, label: t('BẮT ĐẦU BIỂU QUYẾT', 'OPEN THE VOTE'), key: 'F9' },
          acts: [CANCEL, NEXT_SPEAKER, GIVE, WITHDRAW, PRESENCE],
          say: t(
            'Xin mời Quốc hội biểu quyết về Phương án 2.',
            'I invite the Assembly to vote on Option 2.',
          ),
        },
      ),
  },
  'officer-closed': {
    page: 'officer',
    view: () =>
      officer(
        vote({
          phase: 'closed',
          state: t('ĐÃ KẾT THÚC – CHỜ CÔNG BỐ', 'ENDED – AWAITING DECLARATION'),
          recorded: 417,
          result: REJECTED,
        }),
        {
          next: DECLARE,
          acts: [CANCEL, NEXT_SPEAKER, GIVE, WITHDRAW, PRESENCE],
          say: t(
            '240 đại biểu tán thành, bằng 49,59 phần trăm tổng số đại biểu. Như vậy, phương án 2 chưa được quá nửa tán thành.',
            '240 members approve, 49.59 per cent of all members. Option 2 is therefore not approved by more than half.',
          ),
        },
      ),
  },
  'officer-declared': {
    page: 'officer',
    view: () =>
      officer(declared, {
        next: {
          act: 'announce',
          vote: '2019-06-03-pm.3',
          label: t('CHUẨN BỊ: KHOẢN 5 ĐIỀU 5', 'ANNOUNCE: ARTICLE 5, CLAUSE 5'),
          key: 'F9',
        },
        acts: [
          {
            act: 'revote',
            ...ids,
            label: t('Biểu quyết lại', 'Re-vote'),
            needs: ['reason', 'ordered_by'],
            confirm: t(
              'Lần biểu quyết này sẽ được thay thế; kết quả cũ vẫn lưu.',
              'This vote will be superseded; the old result stays on record.',
            ),
          },
          {
            act: 'adjourn',
            label: t('Bế mạc phiên họp', 'Adjourn'),
            confirm: t('Bế mạc phiên họp?', 'Adjourn the sitting?'),
          },
          { act: 'announce', vote: '2019-06-03-pm.3', label: t('Chuẩn bị biểu quyết', 'Announce') },
          NEXT_SPEAKER,
          GIVE,
          WITHDRAW,
          PRESENCE,
        ],
      }),
  },
  'officer-speaker': {
    page: 'officer',
    view: (now) => {
      const one = officer(undefined, {
        next: {
          act: 'announce',
          vote: '2019-06-03-pm.3',
          label: t('CHUẨN BỊ: KHOẢN 5 ĐIỀU 5', 'ANNOUNCE: ARTICLE 5, CLAUSE 5'),
          key: 'F9',
        },
        acts: [NEXT_SPEAKER, GIVE, WITHDRAW, MIC_OFF, PRESENCE],
      })
      const [first, ...rest] = one.floor?.queue ?? []
      return first
        ? {
            ...one,
            floor: { speaker: { ...first, since: inSeconds(now, -48), limit_s: 420 }, queue: rest },
          }
        : one
    },
  },
  'officer-degraded': {
    page: 'officer',
    view: (now) =>
      officer(live(now), {
        ...openActs,
        notice: t(
          'Chưa ghi được vào nhật ký; thời gian được bù.',
          'Nothing can be recorded just now; the time is given back.',
        ),
        health: {
          state: 'degraded',
          text: t(
            'chưa ghi được vào nhật ký, phiếu chưa được ghi nhận',
            'the log can’t be written, ballots are not being recorded',
          ),
          seats_online: 481,
          seats_offline: ['087', '214', '215', '216', '217', '301', '302'],
          clones: ['044'],
          broker: true,
          store: false,
          last_commit_ms: 1840,
        },
        thresholds: [
          { label: t('quá nửa', 'half'), need: 243, have: 300, met: true },
          { label: t('hai phần ba', 'two thirds'), need: 323, have: 300, met: false },
        ],
      }),
  },
  'officer-hand': {
    page: 'officer',
    view: () =>
      officer(vote({ phase: 'held', state: t('TẠM DỪNG BIỂU QUYẾT', 'VOTING HELD'), remaining_ms: 9000 }), {
        next: { act: 'resume', ...ids, label: t('TIẾP TỤC BIỂU QUYẾT', 'RESUME'), key: 'F9' },
        acts: [
          {
            act: 'hand_count',
            ...ids,
            label: t('Nhập kết quả đếm tay', 'Enter a hand count'),
            key: 'F8',
            needs: ['counts'],
          },
          CANCEL,
          PRESENCE,
        ],
      }),
  },
  'officer-empty': {
    page: 'officer',
    view: () => {
      const {
        sitting: _,
        thresholds: __,
        ...rest
      } = officer(undefined, {
        next: {
          act: 'open_sitting',
          label: t('KHAI MẠC PHIÊN HỌP', 'OPEN THE SITTING'),
          key: 'F9',
          confirm: t(
            'Khai mạc Phiên họp chiều 03/6/2019 với 484 đại biểu?',
            'Open the sitting of 3 June 2019 with 484 members?',
          ),
        },
        acts: [],
        floor: { queue: [] },
        members: [],
      })
      return rest
    },
  },
  'officer-signed-out': {
    page: 'officer',
    view: () => view(),
    line: 'signed_out',
    calls: {
      'POST /api/session': {
        status: 401,
        body: {
          code: 'code_not_valid',
          text: t('Mã đăng nhập không đúng hoặc đã dùng.', 'The code is wrong or was used already.'),
        },
      },
    },
  },
  'officer-lost': { page: 'officer', view: (now) => officer(live(now), openActs), line: 'lost' },
  'officer-connecting': { page: 'officer', view: () => view(), line: 'silent' },
}
