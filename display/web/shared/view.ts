/** What the hall lets a role see: docs/specs/feed.md, "The view", member for member. */

export interface Text {
  readonly vi: string
  readonly en: string
}

export type Role = 'public' | 'officer' | 'member' | 'auditor'
export type Phase =
  | 'planned'
  | 'announced'
  | 'open'
  | 'held'
  | 'closing'
  | 'closed'
  | 'declared'
  | 'cancelled'
  | 'superseded'
export type Mark = 'check' | 'cross' | 'square'
export type Tone = 'approve' | 'reject' | 'neutral'

export interface Choice {
  readonly id: string
  readonly label: Text
  readonly mark: Mark
  readonly tone: Tone
}

export interface Percent {
  readonly text: Text
  readonly of: number
  readonly base: Text
}

export interface Condition {
  readonly text: Text
  readonly need: number
  readonly have: number
  readonly of: number
  readonly met: boolean
}

export interface Jws {
  readonly protected: string
  readonly payload: string
  readonly signature: string
}

export interface Result {
  /** KẾT QUẢ LẤY Ý KIẾN …: the rule book's heading of a result of this kind. */
  readonly heading: Text
  readonly roll: number
  /** Tổng số đại biểu Quốc hội: the whole of the chamber, in its own words. */
  readonly roll_label: Text
  readonly present: number
  readonly participated: number
  readonly counts: Readonly<Record<string, number>>
  readonly invalid: number
  readonly percent: Readonly<Record<string, Percent>>
  readonly conditions: readonly Condition[]
  readonly outcome: string
  readonly verdict: Text
  readonly sentence: Text
  readonly base_note: Text
  readonly threshold?: { readonly need: number; readonly of: number; readonly counted: string }
  readonly casting_vote?: string
  readonly code: string
  readonly checkpoint: string
  readonly jws: Jws
}

export interface Vote {
  readonly id: string
  readonly phase: Phase
  readonly state: Text
  readonly heading: Text
  readonly kind: string
  readonly item: Text
  readonly title: Text
  readonly option?: Text
  readonly round: number
  readonly secret: boolean
  readonly choices: readonly Choice[]
  readonly members: number
  readonly present: number
  readonly shown: number
  readonly recorded: number
  readonly seats?: string
  readonly deadline?: string
  readonly remaining_ms?: number
  readonly running?: Readonly<Record<string, number>>
  readonly suspects?: readonly Suspect[]
  readonly advice?: Text
  readonly result?: Result
}

export interface Speaker extends QueuedSpeaker {
  readonly since: string
  readonly limit_s: number
}

export interface QueuedSpeaker {
  readonly member: string
  readonly name: string
  readonly delegation: string
  readonly seat?: string
  readonly kind: string
}

export interface PlannedVote {
  readonly id: string
  readonly title: Text
  readonly option?: Text
  readonly kind: string
  readonly phase: Phase
  readonly outcome?: Text
  readonly supersedes?: string
}

export interface ProgrammeItem {
  readonly item: Text
  readonly votes: readonly PlannedVote[]
}

export type Need =
  | 'reason'
  | 'ordered_by'
  | 'extra_s'
  | 'duration_s'
  | 'choice'
  | 'counts'
  | 'member'
  | 'incident'
  | 'present'
  | 'members'

/** One act that the hall offers an officer now; the page offers nothing else. */
export interface Act {
  readonly act: string
  readonly vote?: string
  /** Sent along as it is: the member whom the hall offers to call. */
  readonly member?: string
  readonly label: Text
  readonly key?: string
  readonly confirm?: Text
  readonly confirm_key?: string
  readonly needs?: readonly Need[]
}

/** What one officer asks for and another one is to confirm; answered ones stay for a while. */
export interface SecondRequest {
  readonly id: string
  readonly act: string
  readonly label: Text
  readonly what: Text
  readonly reason?: string
  readonly by: string
  readonly name: string
  readonly until: string
  readonly state: 'waiting' | 'doing' | 'done' | 'declined' | 'withdrawn' | 'expired' | 'refused'
  readonly answered?: string
  readonly why?: Text
}

export interface Threshold {
  readonly label: Text
  readonly need: number
  readonly have: number
  readonly met: boolean
}

export interface Health {
  readonly state: 'ok' | 'degraded' | 'down'
  readonly text: Text
  readonly seats_online: number
  readonly seats_offline: readonly string[]
  readonly clones: readonly string[]
  readonly broker: boolean
  readonly store: boolean
  readonly last_commit_ms: number
}

export interface RollMember {
  readonly id: string
  readonly name: string
  readonly delegation: string
  readonly seat?: string
  readonly present: boolean
  /** A phone is bound: the digits that both screens showed then. */
  readonly phone?: string
  /** The chair has opened voting by phone for this member. */
  readonly mobile?: boolean
}

/** What looked like an imposture and was refused or held. */
export interface Incident {
  readonly number: number
  readonly kind: string
  readonly text: Text
  /** A seat, a desk, a bridge, `mobile` or `hall`. */
  readonly place: string
  readonly member?: string
  readonly name?: string
  readonly t: string
  readonly seen_by?: string
}

export interface Me {
  readonly member: string
  readonly name: string
  readonly seat?: string
  readonly session: boolean
  /** Whether a ballot by this phone would count now. */
  readonly mobile: boolean
  readonly ballot?: {
    readonly choice: string
    readonly t: string
    readonly seq: number
    readonly code: string
    /** Where it was cast; absent: by phone. */
    readonly seat?: string
    /** How long the choice may be read by itself; absent: names are published. */
    readonly show_choice_ms?: number
  }
  readonly request: 'none' | 'speech' | 'debate'
  readonly speaking?: boolean
}

/** One ballot of the member as the log holds it. */
export interface OwnRecord {
  readonly ballot: string
  readonly t: string
  readonly seq: number
  readonly code: string
  readonly counts: boolean
  /** Of the one that counts. */
  readonly choice?: Choice
  readonly seat?: string
}

/** `GET /api/ballots`: what the log holds in the member's name of one vote. */
export interface OwnVote {
  readonly id: string
  readonly heading: Text
  readonly item: Text
  readonly title: Text
  readonly option?: Text
  readonly round: number
  readonly phase: Phase
  /** The close commits to who took part: that there is no ballot can be proved. */
  readonly closed: boolean
  readonly ballots: readonly OwnRecord[]
}

/** A seat to be looked at before the declaration. */
export interface Suspect {
  readonly seat: string
  readonly name: string
  readonly why: Text
}

export interface AuditedVote {
  readonly id: string
  readonly title: Text
  readonly option?: Text
  readonly heading: Text
  readonly item: Text
  readonly choices: readonly Choice[]
  readonly result?: Result
  readonly round: number
  readonly phase: Phase
}

export interface View {
  readonly role: Role
  readonly hall: {
    readonly name: Text
    readonly log: string
    readonly test: boolean
    readonly keys?: Readonly<Record<string, JsonWebKey>>
  }
  readonly sitting?: {
    readonly id: string
    readonly title: Text
    readonly on: string
    readonly roll: number
    readonly present: number
  }
  readonly vote?: Vote
  readonly floor?: { readonly speaker?: Speaker; readonly queue: readonly QueuedSpeaker[] }
  readonly notice?: Text
  readonly programme?: readonly ProgrammeItem[]
  readonly next?: Act
  readonly acts?: readonly Act[]
  readonly requests?: readonly SecondRequest[]
  /** Acts that one officer asks for and another one confirms. */
  readonly two_people?: readonly string[]
  readonly say?: Text
  readonly thresholds?: readonly Threshold[]
  readonly health?: Health
  readonly members?: readonly RollMember[]
  readonly incidents?: readonly Incident[]
  readonly me?: Me
  readonly log?: {
    readonly size: number
    readonly root: string
    readonly checkpoint: string
    readonly vkey: string
  }
  readonly votes?: readonly AuditedVote[]
}

export interface PlannedSeat {
  readonly seat: string
  readonly x: number
  readonly y: number
  readonly block: string
}
