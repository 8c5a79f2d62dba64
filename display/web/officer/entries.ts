/** What was typed into an act's form, as the hall takes it. Pure. */

import type { Choice, Need } from '../shared/view'
import type { Entries, Entry } from './orders'

/** Figures that aren't whole numbers are left out, so that they are asked for again. */
export function entriesOf(
  needs: readonly Need[],
  draft: Readonly<Record<string, string>>,
  choices: readonly Choice[],
): Entries {
  const entries: Partial<Record<Need, Entry>> = {}
  for (const need of needs) {
    const entry = entryOf(need, draft, choices)
    if (entry !== undefined) entries[need] = entry
  }
  return entries
}

function entryOf(
  need: Need,
  draft: Readonly<Record<string, string>>,
  choices: readonly Choice[],
): Entry | undefined {
  const typed = draft[need]?.trim() ?? ''
  if (need === 'counts') return handCount(draft, choices)
  if (need === 'extra_s' || need === 'duration_s') return wholeNumber(typed)
  if (need === 'present') return typed === '' ? undefined : typed === 'yes'
  return typed === '' ? undefined : typed
}

function handCount(
  draft: Readonly<Record<string, string>>,
  choices: readonly Choice[],
): Readonly<Record<string, number>> | undefined {
  const counts: Record<string, number> = {}
  for (const { id } of choices) {
    const count = wholeNumber(draft[`count:${id}`]?.trim() ?? '')
    if (count === undefined) return undefined
    counts[id] = count
  }
  return choices.length > 0 ? counts : undefined
}

function wholeNumber(typed: string): number | undefined {
  return /^\d{1,6}$/.test(typed) ? Number(typed) : undefined
}
