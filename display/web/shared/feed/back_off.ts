/** How long to wait before connecting anew: quick at first, so that a restart of the hall is hardly seen. */

const FIRST_MS = 250
/** A wall must come back within seconds; 500 listeners at this pace are no load for the hall. */
const LONGEST_MS = 4_000

/** `dice` in 0…1 spreads the listeners, so that they don't all come in the same moment. */
export function waitBeforeAttempt(failures: number, dice: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10))
  return Math.round(full * (0.5 + dice / 2))
}
