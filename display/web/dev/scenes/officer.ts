import type { Act, Incident, SecondRequest, Text } from '../../shared/view'
import type { Scene } from '.'
import { inSeconds, seats, t, view, vote } from './hall'
import {
  CANCEL,
  CLOSE,
  DECLARE,
  END_PHONE,
  EXTEND,
  GIVE,
  HOLD,
  ids,
  MIC_OFF,
  NEXT_SPEAKER,
  officer,
  PRESENCE,
  WITHDRAW,
} from './officer_desk'
import { declared, REJECTED } from './results'

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

/** What another officer asks for and this one is to confirm. */
function asked(now: number, by: string, name: string): SecondRequest {
  return {
    id: `${by}.1`,
    act: 'cancel',
    label: t('Hủy', 'Cancel'),
    what: t('Khoản 8 Điều 5 · Phương án 2', 'Article 5, clause 8 · Option 2'),
    reason: 'Sai phương án trên màn hình',
    by,
    name,
    until: inSeconds(now, 97),
    state: 'waiting',
  }
}

const PRESENCE_ASKED = {
  act: 'mark_presence',
  label: t('Ghi có mặt, vắng mặt', 'Mark presence'),
  what: t('Lê Hoàng Ân: vắng mặt', 'Lê Hoàng Ân: absent'),
  reason: 'Đã ra về',
} as const

const ACKNOWLEDGE: Act = { act: 'acknowledge', label: t('Đã xem', 'Seen'), needs: ['incident'] }

function incidents(now: number): Incident[] {
  const one = (number: number, place: string, kind: string, text: Text, name?: string): Incident => ({
    number,
    kind,
    text,
    place,
    t: inSeconds(now, -60 + number * 9),
    ...(name && { member: `m${number}`, name }),
  })
  const absent = t(
    'Bấm phím ở ghế của đại biểu đã ghi vắng mặt',
    'A key pressed for a member who is marked absent',
  )
  const twice = t('Cùng một thẻ ở hai ghế', 'The same card at two seats')
  const early = t('Bấm phím khi chưa có thẻ đăng nhập', 'A key pressed without a signed-in card')
  return [
    one(2, '087', 'press_while_absent', absent, 'Nguyễn Thị Quỳnh Hương'),
    one(3, '214', 'card_elsewhere', twice, 'Trần Văn Lượng'),
    { ...one(1, '301', 'key_without_card', early), seen_by: 'thu-ky' },
  ]
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
          suspects: [
            {
              seat: '041',
              name: 'Trần Văn Minh',
              why: t('đã bấm phím, không có phiếu nào được ghi nhận', 'pressed, nothing recorded'),
            },
            {
              seat: '087',
              name: 'Nguyễn Thị Quỳnh Hương',
              why: t('mất kết nối trong lúc biểu quyết', 'offline during the vote'),
            },
            {
              seat: '214',
              name: 'Lê Hoàng Anh',
              why: t('đã ghi nhận, đèn tại ghế chưa sáng', 'recorded, the lamp never lit'),
            },
          ],
          advice: t(
            'Chênh lệch 3 phiếu, 3 ghế nghi vấn: nên biểu quyết lại.',
            'Margin: 3; suspect seats: 3. A re-vote is recommended.',
          ),
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
  'officer-asked': {
    page: 'officer',
    view: (now) =>
      officer(live(now), {
        ...openActs,
        two_people: ['cancel', 'mark_presence'],
        requests: [
          asked(now, 'thu-ky', 'Trần Thị Bình'),
          { ...asked(now, 'chu-toa', 'Nguyễn Văn An'), ...PRESENCE_ASKED },
        ],
      }),
  },
  'officer-incidents': {
    page: 'officer',
    view: (now) =>
      officer(live(now), {
        ...openActs,
        acts: [...openActs.acts, ACKNOWLEDGE],
        incidents: incidents(now),
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
