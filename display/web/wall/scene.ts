/** What the wall shows: one scene at a time, decided by the hall's picture and the state of the line. */

import type { FeedStatus } from '../shared/feed/feed.svelte'
import type { View, Vote } from '../shared/view'

export type Scene =
  | { readonly kind: 'neutral' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'announced'; readonly vote: Vote }
  | { readonly kind: 'voting'; readonly vote: Vote }
  | { readonly kind: 'result'; readonly vote: Vote }
  | { readonly kind: 'ended'; readonly vote: Vote }
  | { readonly kind: 'speaker' }

/** A vote under way comes before the speaker, the speaker before a result that everybody has seen. */
export function sceneOf(view: View | undefined, status: FeedStatus): Scene {
  if (!view || (status !== 'live' && status !== 'lost')) return { kind: 'neutral' }
  const { vote } = view
  if (vote && isUnderWay(vote))
    return vote.phase === 'announced' ? { kind: 'announced', vote } : { kind: 'voting', vote }
  if (view.floor?.speaker) return { kind: 'speaker' }
  if (!vote || vote.phase === 'planned') return { kind: 'ready' }
  return vote.phase === 'declared' && vote.result ? { kind: 'result', vote } : { kind: 'ended', vote }
}

const UNDER_WAY: ReadonlySet<string> = new Set(['announced', 'open', 'held', 'closing', 'closed'])

function isUnderWay(vote: Vote): boolean {
  return UNDER_WAY.has(vote.phase)
}
