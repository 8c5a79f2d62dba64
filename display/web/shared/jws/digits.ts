import { fromBase64url } from './base64url'

const EIGHT_DIGITS = 100_000_000n

/**
 * The eight digits by which a person compares a phone's key with the one that the card is asked to bind:
 * the thumbprint's first eight bytes, big-endian, modulo 10^8 (docs/specs/feed.md).
 */
export function eightDigits(keyId: string): string {
  const hash = fromBase64url(keyId)
  if (hash?.length !== 32) throw new TypeError('not a SHA-256 thumbprint')
  const digits = String(new DataView(hash.buffer).getBigUint64(0) % EIGHT_DIGITS).padStart(8, '0')
  return `${digits.slice(0, 4)} ${digits.slice(4)}`
}
