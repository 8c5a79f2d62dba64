import type { Vote } from '../../shared/view'
import type { Scene } from '.'
import { inSeconds, seats, t, view, vote } from './hall'
import { declared, law, TIED, VOID } from './results'

function scene(one: Partial<Vote>): Scene {
  return { page: 'wall', view: () => view({ vote: vote(one) }) }
}

const open: Scene = { page: 'wall', view: (now) => view({ vote: vote({ deadline: inSeconds(now, 12) }) }) }

const LONG = t(
  'Dự án Luật sửa đổi, bổ sung một số điều của Luật Chứng khoán, Luật Kế toán, Luật Kiểm toán độc lập, Luật Ngân sách nhà nước, Luật Quản lý, sử dụng tài sản công, Luật Quản lý thuế',
  'Law amending the laws on securities, accounting, independent audit, the state budget, the use of public property, and tax administration',
)
const NOTICE = t(
  'Tạm thời chưa ghi nhận được phiếu; thời gian này sẽ được bù.',
  'Nothing can be recorded just now; the time will be given back.',
)

const SPEAKER = {
  member: 'm1',
  name: 'Nguyễn Thị Quỳnh Hương',
  delegation: 'Đoàn đại biểu Quốc hội thành phố Hà Nội',
  seat: '087',
  kind: 'speech',
}
const NEXT = {
  member: 'm2',
  name: 'Trần Văn Lượng',
  delegation: 'Thừa Thiên Huế',
  seat: '114',
  kind: 'debate',
}

export const wallScenes: Readonly<Record<string, Scene>> = {
  'wall-ready': { page: 'wall', view: () => view() },
  'wall-empty': {
    page: 'wall',
    view: () => {
      const { sitting: _, ...rest } = view()
      return rest
    },
  },
  'wall-announced': scene({
    phase: 'announced',
    state: t('CHUẨN BỊ BIỂU QUYẾT', 'PREPARE TO VOTE'),
    recorded: 0,
  }),
  'wall-open': open,
  'wall-open-start': {
    page: 'wall',
    view: (now) => view({ vote: vote({ recorded: 0, seats: seats(0), deadline: inSeconds(now, 30) }) }),
    patches: [{ vote: { recorded: 200, seats: seats(200) } }],
  },
  'wall-running': {
    page: 'wall',
    view: (now) =>
      view({
        vote: vote({ deadline: inSeconds(now, 12), running: { approve: 200, reject: 82, not_voting: 30 } }),
      }),
  },
  'wall-held': scene({
    phase: 'held',
    state: t('TẠM DỪNG BIỂU QUYẾT', 'VOTING HELD'),
    remaining_ms: 12_000,
  }),
  'wall-closing': scene({
    phase: 'closing',
    state: t('ĐANG KHÓA PHÍM', 'KEYS LOCKING'),
    recorded: 417,
    seats: seats(417),
  }),
  'wall-closed': scene({
    phase: 'closed',
    state: t('ĐÃ KẾT THÚC – CHỜ CÔNG BỐ', 'ENDED – AWAITING DECLARATION'),
    recorded: 417,
    seats: seats(417),
  }),
  'wall-result': { page: 'wall', view: () => view({ vote: declared }) },
  'wall-adopted': {
    page: 'wall',
    view: () => {
      const one = view({ vote: law })
      return { ...one, hall: { ...one.hall, test: true } }
    },
  },
  'wall-void': scene({ id: 'void', phase: 'declared', result: VOID }),
  'wall-tied': scene({ id: 'tied', phase: 'declared', result: TIED }),
  'wall-forged': {
    page: 'wall',
    view: () =>
      view({
        vote: { ...declared, result: { ...declared.result, present: 453 } as NonNullable<Vote['result']> },
      }),
  },
  'wall-revote': scene({ round: 2, state: t('BIỂU QUYẾT LẠI (LẦN 2)', 'RE-VOTE (ROUND 2)') }),
  'wall-cancelled': scene({ phase: 'cancelled', state: t('ĐÃ HỦY', 'CANCELLED') }),
  'wall-superseded': scene({
    phase: 'superseded',
    state: t('ĐÃ THAY THẾ – BIỂU QUYẾT LẠI', 'SUPERSEDED BY A RE-VOTE'),
  }),
  'wall-secret': {
    page: 'wall',
    view: (now) => {
      const { seats: _, ...counts } = vote({
        secret: true,
        heading: t('BẦU', 'ELECTION'),
        item: t('Công tác nhân sự', 'Elections'),
        title: t('Bầu Phó Chủ tịch Quốc hội', 'Election of a Vice Chair of the National Assembly'),
        state: t('ĐANG BỎ PHIẾU KÍN', 'SECRET BALLOT'),
        deadline: inSeconds(now, 95),
      })
      return view({ vote: counts })
    },
  },
  'wall-speaker': {
    page: 'wall',
    view: (now) =>
      view({ floor: { speaker: { ...SPEAKER, since: inSeconds(now, -48), limit_s: 420 }, queue: [NEXT] } }),
  },
  'wall-overtime': {
    page: 'wall',
    view: (now) =>
      view({ floor: { speaker: { ...SPEAKER, since: inSeconds(now, -430), limit_s: 420 }, queue: [] } }),
  },
  'wall-notice': {
    page: 'wall',
    view: (now) =>
      view({
        vote: vote({ deadline: inSeconds(now, 12) }),
        notice: NOTICE,
      }),
  },
  'wall-long': scene({
    item: LONG,
    title: t('Thông qua toàn bộ dự thảo Luật', 'Adoption of the draft law as a whole'),
    heading: t('BIỂU QUYẾT THÔNG QUA LUẬT', 'VOTE'),
  }),
  'wall-long-result': {
    page: 'wall',
    view: () => view({ vote: { ...law, item: LONG, round: 2 }, notice: NOTICE }),
  },
  'wall-long-announced': scene({
    item: LONG,
    title: LONG,
    phase: 'announced',
    state: t('CHUẨN BỊ BIỂU QUYẾT', 'PREPARE TO VOTE'),
  }),
  'wall-lost': { ...open, line: 'lost' },
  'wall-stale': { ...open, line: 'lost' },
  'wall-connecting': { ...open, line: 'silent' },
}
