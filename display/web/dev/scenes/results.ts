import { BASE_NOTE, MEMBERS, PRESENT, percent, result, seats, t, vote } from './hall'

export const REJECTED = result('2019-06-03-pm.2', {
  heading: t('KẾT QUẢ LẤY Ý KIẾN', 'RESULT OF THE POLL'),
  roll: MEMBERS,
  roll_label: { vi: 'Tổng số đại biểu Quốc hội', en: 'All members of the National Assembly' },
  present: PRESENT,
  participated: 417,
  counts: { approve: 240, reject: 132, not_voting: 45 },
  invalid: 0,
  percent: {
    participated: percent('86,16%'),
    approve: percent('49,59%'),
    reject: percent('27,27%'),
    not_voting: percent('9,30%'),
  },
  conditions: [
    {
      text: t(
        'cần ít nhất 243 đại biểu tán thành (quá nửa tổng số đại biểu Quốc hội); có 240',
        'needs at least 243 members approving (more than half of all members); has 240',
      ),
      need: 243,
      have: 240,
      of: MEMBERS,
      met: false,
    },
  ],
  outcome: 'rejected',
  verdict: t('CHƯA ĐƯỢC QUÁ NỬA TÁN THÀNH', 'NOT APPROVED BY MORE THAN HALF'),
  sentence: t(
    'cần ít nhất 243 đại biểu tán thành (quá nửa tổng số đại biểu Quốc hội); có 240',
    'needs at least 243 members approving (more than half of all members); has 240',
  ),
  base_note: BASE_NOTE,
  threshold: { need: 243, of: MEMBERS, counted: 'approve' },
})

export const ADOPTED = result('law', {
  ...REJECTED,
  heading: t('KẾT QUẢ BIỂU QUYẾT', 'RESULT OF THE VOTE'),
  participated: 465,
  present: 467,
  counts: { approve: 454, reject: 8, not_voting: 3 },
  percent: {
    participated: percent('95,68%', 486),
    approve: percent('93,42%', 486),
    reject: percent('1,65%', 486),
    not_voting: percent('0,62%', 486),
  },
  roll: 486,
  roll_label: { vi: 'Tổng số đại biểu Quốc hội', en: 'All members of the National Assembly' },
  outcome: 'adopted',
  verdict: t('ĐƯỢC THÔNG QUA', 'ADOPTED'),
  sentence: t(
    'cần ít nhất 244 đại biểu tán thành (quá nửa tổng số đại biểu Quốc hội); có 454',
    'needs at least 244 members approving (more than half of all members); has 454',
  ),
  threshold: { need: 244, of: 486, counted: 'approve' },
  conditions: [
    {
      text: t('quá nửa tổng số đại biểu Quốc hội tán thành', 'more than half of all members approve'),
      need: 244,
      have: 454,
      of: 486,
      met: true,
    },
  ],
})

export const VOID = result('void', {
  ...REJECTED,
  participated: 195,
  counts: { approve: 192, reject: 2, not_voting: 1 },
  percent: {
    participated: percent('40,29%'),
    approve: percent('39,67%'),
    reject: percent('0,41%'),
    not_voting: percent('0,21%'),
  },
  outcome: 'void',
  verdict: t('KHÔNG CÓ GIÁ TRỊ', 'VOID'),
  sentence: t(
    'cần ít nhất 243 đại biểu tham gia biểu quyết; có 195',
    'needs at least 243 members taking part; has 195',
  ),
})

export const TIED = result('tied', {
  ...REJECTED,
  participated: 420,
  counts: { approve: 205, reject: 205, not_voting: 10 },
  percent: {
    participated: percent('86,78%'),
    approve: percent('42,36%'),
    reject: percent('42,36%'),
    not_voting: percent('2,07%'),
  },
  outcome: 'tied',
  verdict: t('SỐ PHIẾU NGANG NHAU', 'TIED'),
  sentence: t(
    '205 tán thành, 205 không tán thành; chờ phiếu quyết định của Chủ tọa',
    '205 approve, 205 disapprove; waiting for the chair’s casting vote',
  ),
})

export const declared = vote({
  phase: 'declared',
  heading: t('LẤY Ý KIẾN', 'POLL'),
  state: t('ĐÃ CÔNG BỐ KẾT QUẢ', 'RESULT DECLARED'),
  recorded: 417,
  seats: seats(417),
  result: REJECTED,
})

export const law = vote({
  id: 'law',
  phase: 'declared',
  kind: 'law',
  state: t('ĐÃ CÔNG BỐ KẾT QUẢ', 'RESULT DECLARED'),
  heading: t('BIỂU QUYẾT', 'VOTE'),
  item: t('Dự án Luật Bảo hiểm xã hội (sửa đổi)', 'Law on Social Insurance (amended)'),
  title: t('Toàn bộ dự thảo Luật', 'The draft law as a whole'),
  members: 486,
  present: 467,
  recorded: 465,
  result: ADOPTED,
})
