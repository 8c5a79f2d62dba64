import { ask } from '../shared/hall'
import type { OwnVote } from '../shared/view'

/** What the log holds in the member's name, asked of the hall: never what this phone remembers. */
export class OwnBallots {
  votes = $state.raw<readonly OwnVote[]>([])
  /** False until the hall has answered once, and while its last answer is missing. */
  known = $state(false)
  #asked = 0

  async load(): Promise<void> {
    this.#asked += 1
    const asked = this.#asked
    const answer = await ask<{ votes: OwnVote[] }>('GET', '/api/ballots')
    if (asked !== this.#asked) return
    this.known = answer.kind === 'done'
    if (answer.kind === 'done') this.votes = answer.value.votes
  }
}

/** The file that proves one vote, checked by `hall verify --proof`. */
export function proofOf(vote: string): string {
  return `/api/proof?vote=${encodeURIComponent(vote)}`
}

export function entryProofOf(ballot: string): string {
  return `/api/ballots/${encodeURIComponent(ballot)}/tlog-proof`
}
