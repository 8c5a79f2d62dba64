/** What an officer may order now, sorted to its place on the console; and the order as it is sent. Pure. */

import type { Act, Need, View } from '../shared/view'

/** Acts that belong to the floor's column, to the attendance list, or to the vote in the middle. */
const OF_THE_FLOOR: ReadonlySet<string> = new Set(['give_floor', 'end_speech', 'withdraw_request'])
const OF_ATTENDANCE = 'mark_presence'
const OF_A_PHONE = 'end_phone'
const OF_INCIDENTS = 'acknowledge'
const OPEN_MOBILE = 'open_mobile'
const CLOSE_MOBILE = 'close_mobile'
const OF_THE_LIST: ReadonlySet<string> = new Set([OF_ATTENDANCE, OF_A_PHONE, OPEN_MOBILE, CLOSE_MOBILE])

export interface Sorted {
  readonly next: Act | undefined
  readonly middle: readonly Act[]
  readonly floor: readonly Act[]
  readonly attendance: Act | undefined
  readonly phone: Act | undefined
  /** That an incident was seen. */
  readonly acknowledge: Act | undefined
  /** Voting by phone, opened and closed for named members. */
  readonly openMobile: Act | undefined
  readonly closeMobile: Act | undefined
  /** By the vote of the programme that they concern, the vote in the middle left out. */
  readonly programme: ReadonlyMap<string, readonly Act[]>
}

export function sortedActs(view: View): Sorted {
  const acts = view.acts ?? []
  const elsewhere = (act: Act) => act.vote !== undefined && act.vote !== view.vote?.id
  const listed = (act: Act) =>
    OF_THE_FLOOR.has(act.act) || OF_THE_LIST.has(act.act) || act.act === OF_INCIDENTS
  const inMiddle = (act: Act) => !listed(act)
  const programme = new Map<string, Act[]>()
  for (const act of acts.filter(elsewhere)) {
    programme.set(act.vote ?? '', [...(programme.get(act.vote ?? '') ?? []), act])
  }
  return {
    next: view.next,
    middle: acts.filter((act) => inMiddle(act) && !elsewhere(act)),
    floor: acts.filter((act) => OF_THE_FLOOR.has(act.act)),
    attendance: acts.find((act) => act.act === OF_ATTENDANCE),
    phone: acts.find((act) => act.act === OF_A_PHONE),
    acknowledge: acts.find((act) => act.act === OF_INCIDENTS),
    openMobile: acts.find((act) => act.act === OPEN_MOBILE),
    closeMobile: acts.find((act) => act.act === CLOSE_MOBILE),
    programme,
  }
}

/** The view with what this officer may ask for; the hall refuses the rest, so the page doesn't offer it. */
export function permitted(view: View, may: (act: string) => boolean): View {
  const { next, acts, ...rest } = view
  return {
    ...rest,
    acts: (acts ?? []).filter(({ act }) => may(act)),
    ...(next && may(next.act) && { next }),
  }
}

/** An act on one member: asked with the name, so that nobody else's phone is ended. */
export function ofMember(act: Act, name: string): Act {
  if (!act.confirm) return act
  const [vi, en] = [act.confirm.vi, act.confirm.en].map((text) => text.replaceAll('{member}', name))
  return { ...act, confirm: { vi: vi ?? '', en: en ?? '' } }
}

/** The act that a function key stands for now; the next step comes before the others. */
export function actOfKey(view: View, key: string): Act | undefined {
  return [view.next, ...(view.acts ?? [])].find((act) => act?.key === key)
}

/** The key that confirms: never the one that asked, so that a key held too long does nothing. */
export function confirmKey(act: Act): string {
  if (act.confirm_key && act.confirm_key !== act.key) return act.confirm_key
  return act.key === 'F2' ? 'F4' : 'F2'
}

export type Entry = string | number | boolean | Readonly<Record<string, number>> | readonly string[]
export type Entries = Readonly<Partial<Record<Need, Entry>>>

/** The needs of an act for which nothing fit has been entered yet. */
export function missingNeeds(act: Act, entries: Entries): readonly Need[] {
  return (act.needs ?? []).filter((need) => !isFilled(need, entries[need]))
}

function isFilled(need: Need, entry: Entry | undefined): boolean {
  if (need === 'extra_s' || need === 'duration_s' || need === 'incident')
    return Number.isInteger(entry) && Number(entry) > 0
  if (need === 'present') return typeof entry === 'boolean'
  if (need === 'members') return Array.isArray(entry) && entry.length > 0
  if (need === 'counts') return typeof entry === 'object'
  return typeof entry === 'string' && entry.trim() !== ''
}

/** `POST /api/acts`: the act, its vote, its entries, and the id by which it is done once. */
export function orderBody(act: Act, entries: Entries, id: string): Readonly<Record<string, unknown>> {
  const { act: name, vote, member } = act
  return { act: name, id, ...(vote && { vote }), ...(member && { member }), ...entries }
}
