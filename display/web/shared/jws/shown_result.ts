import type { Result } from '../view'
import { decoded, type Judgement, judgeEdDSA } from './statement'

export const RESULT = 'parl-result+json'

/**
 * Judges that what a page shows is what the hall signed: the signature, and figure by figure. A wall that
 * finds it bad goes neutral at once.
 */
export async function judgeResult(
  result: Result,
  vote: string,
  keys: Readonly<Record<string, JsonWebKey>> | undefined,
): Promise<Judgement> {
  const signed = decoded(result.jws.payload)
  if (!signed || signed.vote !== vote || !sameFigures(result, signed)) return 'bad'
  return judgeEdDSA(result.jws, RESULT, keys)
}

function sameFigures(result: Result, signed: { readonly [name: string]: unknown }): boolean {
  const plain = ['roll', 'present', 'participated', 'invalid', 'outcome'] as const
  return plain.every((name) => signed[name] === result[name]) && sameCounts(result.counts, signed.counts)
}

function sameCounts(shown: Readonly<Record<string, number>>, signed: unknown): boolean {
  if (typeof signed !== 'object' || signed === null) return false
  const pairs = Object.entries(signed)
  return pairs.length === Object.keys(shown).length && pairs.every(([id, count]) => shown[id] === count)
}
