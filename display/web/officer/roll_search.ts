import type { RollMember } from '../shared/view'

/** Members whose name, delegation or seat holds what was typed, with or without accents. */
export function found(members: readonly RollMember[], typed: string): readonly RollMember[] {
  const wanted = plain(typed)
  if (wanted === '') return members
  return members.filter(({ name, delegation, seat }) =>
    plain(`${name} ${delegation} ${seat ?? ''}`).includes(wanted),
  )
}

function plain(text: string): string {
  const unaccented = text.normalize('NFD').replace(/\p{Diacritic}/gu, '')
  return unaccented.replaceAll('đ', 'd').replaceAll('Đ', 'D').toLowerCase().trim()
}
