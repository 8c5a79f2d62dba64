import { type KeyCheck, keepCheck, keptCheck, type PhoneKey } from './kept'

/** A key is tried once a day, by itself, so that a broken one is known before the vote and not in it. */
export const DAY_MS = 24 * 60 * 60 * 1000
/** Looked at this often: a phone that slept through the day is asked soon after it wakes. */
export const LOOK_MS = 15 * 60 * 1000
/** What a phone signs only to try its key can be neither a ballot nor its way in. */
const TRIAL = 'parl-phone-trial:'
const HOW = { name: 'ECDSA', hash: 'SHA-256' }

/** Whether the private half still signs, and what the public half takes. */
export async function keySigns(key: PhoneKey): Promise<boolean> {
  try {
    const trial = new TextEncoder().encode(`${TRIAL}${crypto.randomUUID()}`)
    const signature = await crypto.subtle.sign(HOW, key.pair.privateKey, trial)
    return await crypto.subtle.verify(HOW, key.pair.publicKey, signature, trial)
  } catch {
    return false
  }
}

export function isDue(last: KeyCheck | undefined, keyId: string, now: number): boolean {
  if (last === undefined || last.keyId !== keyId) return true
  const since = now - Date.parse(last.at)
  // A clock that was set back doesn't put the next trial off for ever.
  return !(since >= 0 && since < DAY_MS)
}

export async function lastCheck(): Promise<KeyCheck | undefined> {
  try {
    return await keptCheck()
  } catch {
    return undefined
  }
}

export async function noteCheck(keyId: string, now: number): Promise<KeyCheck> {
  const check = { keyId, at: new Date(now).toISOString() }
  // A check that can't be kept was good all the same: it is made again the next time.
  await keepCheck(check).catch(() => undefined)
  return check
}
