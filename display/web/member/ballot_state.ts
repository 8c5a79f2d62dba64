/** What a member must know of the own ballot in the vote on the screen: pure. */

import type { Me, Vote } from '../shared/view'
import type { Casting, Lost } from './ballot_box.svelte'
import type { KeptReceipt } from './kept'

export interface BallotState {
  /** The ballot that counts now, from the hall's picture or from its receipt, whichever is later in the log. */
  readonly recorded: { readonly choice: string; readonly t: string; readonly seq: number } | undefined
  readonly casting: Casting | undefined
  readonly lost: Lost | undefined
}

export function ballotState(
  vote: Vote | undefined,
  told: Me['ballot'],
  casting: Casting | undefined,
  lost: Lost | undefined,
  receipts: readonly KeptReceipt[],
): BallotState {
  const here = receipts.filter((receipt) => receipt.vote === vote?.id)
  const latest = [told, ...here].reduce<BallotState['recorded']>(
    (best, one) => (one && (!best || one.seq > best.seq) ? one : best),
    undefined,
  )
  return {
    recorded: latest,
    casting: casting?.vote === vote?.id ? casting : undefined,
    lost: lost?.vote === vote?.id ? lost : undefined,
  }
}
