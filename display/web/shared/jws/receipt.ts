import type { Jws } from '../view'
import { decoded, type Judgement, judgeEdDSA } from './statement'

export const RECEIPT = 'parl-receipt+json'

export interface Receipt {
  readonly log: string
  readonly vote: string
  readonly ballot: string
  readonly seq: number
  readonly t: string
}

/** What a receipt says; undefined where it isn't one. */
export function readReceipt(jws: Jws): Receipt | undefined {
  const said = decoded(jws.payload)
  if (!said) return undefined
  const { log, vote, ballot, seq, t } = said
  if (typeof log !== 'string' || typeof vote !== 'string' || typeof ballot !== 'string') return undefined
  if (typeof seq !== 'number' || typeof t !== 'string') return undefined
  return { log, vote, ballot, seq, t }
}

/** Good only where the hall signed that this very ballot stands in its log. */
export async function judgeReceipt(
  jws: Jws,
  ballot: string,
  keys: Readonly<Record<string, JsonWebKey>> | undefined,
): Promise<Judgement> {
  if (readReceipt(jws)?.ballot !== ballot) return 'bad'
  return judgeEdDSA(jws, RECEIPT, keys)
}
