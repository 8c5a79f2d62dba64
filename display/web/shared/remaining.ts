import type { Vote } from './view'

/** Milliseconds left to vote at `now`; undefined where the vote is closed by hand or not running. */
export function remainingMs(vote: Vote, now: number): number | undefined {
  if (vote.phase === 'held') return vote.remaining_ms
  if (vote.phase !== 'open' || !vote.deadline) return undefined
  return Math.max(0, Date.parse(vote.deadline) - now)
}
