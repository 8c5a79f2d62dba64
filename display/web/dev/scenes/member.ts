import sealed from '../../../../tests/vectors/sealed-pin.json'
import type { Me, OwnVote, View, Vote } from '../../shared/view'
import type { Scene } from '.'
import { inSeconds, t, view, vote } from './hall'
import { declared } from './results'

const ME: Me = {
  member: 'm86',
  name: 'Nguyễn Thị Quỳnh Hương',
  seat: '087',
  session: true,
  mobile: true,
  request: 'none',
  speaking: false,
}

function member(one: Vote | undefined, me: Partial<Me> = {}, over: Partial<View> = {}): View {
  return { ...view(), ...(one ? { vote: one } : {}), role: 'member', me: { ...ME, ...me }, ...over }
}

const open = (now: number) => vote({ deadline: inSeconds(now, 12) })
const RECORDED = {
  choice: 'approve',
  t: '2019-06-03T03:42:07.120Z',
  seq: 1311,
  code: '7F3A',
  seat: '087',
  show_choice_ms: 3000,
}
const OWN: readonly OwnVote[] = [
  {
    id: '2019-06-03-pm.1',
    heading: t('LẤY Ý KIẾN', 'POLL'),
    item: vote().item,
    title: t('Khoản 8 Điều 5', 'Article 5, paragraph 8'),
    option: t('Phương án 1', 'Option 1'),
    round: 1,
    phase: 'declared',
    closed: true,
    ballots: [],
  },
  {
    id: '2019-06-03-pm.2',
    heading: t('LẤY Ý KIẾN', 'POLL'),
    item: vote().item,
    title: t('Khoản 8 Điều 5', 'Article 5, paragraph 8'),
    option: t('Phương án 2', 'Option 2'),
    round: 1,
    phase: 'declared',
    closed: true,
    ballots: [
      { ballot: 'be'.repeat(32), t: '2019-06-03T03:42:01.020Z', seq: 1290, code: 'BEBE', counts: false },
      {
        ballot: '7f3a'.repeat(16),
        t: RECORDED.t,
        seq: RECORDED.seq,
        code: RECORDED.code,
        counts: true,
        seat: '087',
        ...(vote().choices[0] ? { choice: vote().choices[0] } : {}),
      },
    ],
  },
]
const OUT = { status: 200, body: { role: 'public', name: '' } }
const { d: _, ...BRIDGE } = sealed.bridge
const GREETING = ['KINH CHAO DAI BIEU', 'NGUYEN THI QUYNH HUO']
const LATE = {
  status: 409,
  body: {
    code: 'vote_not_open',
    text: t(
      'Đã hết giờ biểu quyết. Phiếu này không được tính.',
      'The vote is closed. This ballot doesn’t count.',
    ),
  },
}

export const memberScenes: Readonly<Record<string, Scene>> = {
  'member-unbound': { page: 'member', view: () => member(undefined), calls: { 'GET /api/session': OUT } },
  'member-pin': {
    page: 'member',
    view: () => member(undefined),
    calls: {
      'GET /api/session': OUT,
      'GET /api/pin/087': {
        status: 200,
        body: {
          state: 'wrong',
          tries_left: 2,
          request: { chal: 'AAECAwQFBgcICQoLDA0ODw', key: BRIDGE, greeting: GREETING },
        },
      },
    },
  },
  'member-no-vote': { page: 'member', view: () => member(undefined) },
  'member-announced': {
    page: 'member',
    view: () => member(vote({ phase: 'announced', state: t('CHUẨN BỊ BIỂU QUYẾT', 'PREPARE TO VOTE') })),
  },
  'member-not-opened': { page: 'member', view: (now) => member(open(now), { mobile: false }) },
  'member-open': { page: 'member', view: (now) => member(open(now)) },
  'member-recorded': {
    page: 'member',
    view: (now) =>
      member(
        open(now),
        { ballot: RECORDED, request: 'speech' },
        { floor: { queue: [{ member: 'm86', name: ME.name, delegation: 'Hà Nội', kind: 'speech' }] } },
      ),
  },
  'member-pending': {
    page: 'member',
    view: (now) => member(open(now)),
    calls: {
      'GET /api/form': {
        status: 503,
        body: { code: 'not_recorded', text: t('Chưa được ghi nhận.', 'Not recorded.') },
      },
    },
  },
  'member-late': { page: 'member', view: (now) => member(open(now)), calls: { 'GET /api/form': LATE } },
  'member-held': {
    page: 'member',
    view: () =>
      member(vote({ phase: 'held', state: t('TẠM DỪNG BIỂU QUYẾT', 'VOTING HELD'), remaining_ms: 9000 }), {
        ballot: RECORDED,
      }),
  },
  'member-missed': {
    page: 'member',
    view: () =>
      member(
        vote({ phase: 'closed', state: t('ĐÃ KẾT THÚC – CHỜ CÔNG BỐ', 'ENDED – AWAITING DECLARATION') }),
      ),
  },
  'member-own-ballots': {
    page: 'member',
    view: () => member(declared, { ballot: RECORDED }),
    calls: { 'GET /api/ballots': { status: 200, body: { votes: OWN } } },
  },
  'member-declared': { page: 'member', view: () => member(declared, { ballot: RECORDED }) },
  'member-lost': { page: 'member', view: (now) => member(open(now), { ballot: RECORDED }), line: 'lost' },
}
