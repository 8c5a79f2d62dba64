/**
 * A card's PIN, sealed in this browser to the bridge at the seat: the hall passes it on and can't read it.
 * Compact JWE (RFC 7516), ECDH-ES with A256GCM; what stands inside: docs/specs/cards.md.
 */

import { base64url, fromBase64url } from '../shared/jws/base64url'
import { canonicalBytes } from '../shared/jws/canonical'

/** Where the PIN is for, and the proof of standing there. */
export interface PinFor {
  readonly seat: string
  readonly chal: string
  /** The bridge's public P-256 key, as the hall tells it. */
  readonly key: JsonWebKey
  /** The digits on the seat's console. */
  readonly code: string
}

/** Made anew for each seal; a test gives its own. */
export interface Fresh {
  readonly pair: CryptoKeyPair
  readonly iv: Uint8Array<ArrayBuffer>
}

const CURVE = { name: 'ECDH', namedCurve: 'P-256' }
const ENCRYPTION = 'A256GCM'
const KEY_BITS = 256
const IV_BYTES = 12
const TAG_BYTES = 16
/** Filled with spaces to the longest PIN: the seal's length must not tell the PIN's. */
const PIN_WIDTH = 8

export async function sealPin(pin: string, where: PinFor, fresh?: Fresh): Promise<string> {
  const { pair, iv } = fresh ?? (await madeFresh())
  const header = await protectedHeader(pair.publicKey)
  const { seat, chal, code } = where
  const inside = canonicalBytes({ chal, code, pin: pin.padEnd(PIN_WIDTH), seat })
  const how = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(header) }
  const key = await contentKey(pair.privateKey, where.key)
  const sealed = new Uint8Array(await crypto.subtle.encrypt(how, key, inside))
  const text = sealed.subarray(0, -TAG_BYTES)
  const tag = sealed.subarray(-TAG_BYTES)
  // The empty part is the encrypted key: in direct agreement there is none.
  return [header, '', base64url(iv), base64url(text), base64url(tag)].join('.')
}

async function madeFresh(): Promise<Fresh> {
  const pair = await crypto.subtle.generateKey(CURVE, false, ['deriveBits'])
  return { pair, iv: crypto.getRandomValues(new Uint8Array(IV_BYTES)) }
}

async function protectedHeader(ephemeral: CryptoKey): Promise<string> {
  const { crv, kty, x, y } = await crypto.subtle.exportKey('jwk', ephemeral)
  if (!crv || !kty || !x || !y) throw new TypeError('the browser made no P-256 key')
  // Members in the order in which joserfc writes them: our test vector is its own, byte for byte.
  const said = JSON.stringify({ alg: 'ECDH-ES', enc: ENCRYPTION, epk: { crv, x, y, kty } })
  return base64url(new TextEncoder().encode(said))
}

async function contentKey(own: CryptoKey, theirs: JsonWebKey): Promise<CryptoKey> {
  const { kty, crv, x, y } = theirs
  const jwk = { kty, crv, x, y } as JsonWebKey
  const key = await crypto.subtle.importKey('jwk', jwk, CURVE, false, [])
  const agreed = await crypto.subtle.deriveBits({ name: 'ECDH', public: key }, own, KEY_BITS)
  const derived = await concatKdf(new Uint8Array(agreed))
  return crypto.subtle.importKey('raw', derived, 'AES-GCM', false, ['encrypt'])
}

/** RFC 7518, section 4.6.2: one round of SHA-256 gives the 256 bits; neither party is named (apu, apv empty). */
async function concatKdf(agreed: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const algorithm = new TextEncoder().encode(ENCRYPTION)
  const round = number(1)
  const parts = [round, agreed, number(algorithm.length), algorithm, number(0), number(0), number(KEY_BITS)]
  return crypto.subtle.digest('SHA-256', joined(parts))
}

/** Four bytes, big-endian. */
function number(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** A public P-256 key that a phone may seal to. */
export function isBridgeKey(key: JsonWebKey): boolean {
  const { kty, crv, x, y } = key
  const sized = [x, y].every((part) => part !== undefined && fromBase64url(part)?.length === 32)
  return kty === 'EC' && crv === 'P-256' && sized
}
