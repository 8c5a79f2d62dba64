import type { Answer } from '../shared/hall'

/** As the seats do (docs/specs/bus.md): again after 0.4 s, 0.8 s, then every 1.6 s. */
export function waitBeforeRepeat(attempt: number): number {
  return Math.min(1_600, 400 * 2 ** Math.min(attempt, 2))
}

/** Answers after which the same ballot may still be recorded: no session just now, too many at once, not recorded. */
const PASSING: ReadonlySet<number> = new Set([401, 408, 429, 502, 503, 504])

/** True for a receipt and for a refusal that repeating won't change. */
export function isFinal(answer: Answer<unknown>): boolean {
  if (answer.kind === 'unanswered') return false
  return answer.kind === 'done' || !PASSING.has(answer.status)
}
