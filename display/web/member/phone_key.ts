import { base64url } from '../shared/jws/base64url'
import { thumbprint } from '../shared/jws/thumbprint'
import { keepKey, keptKey, type PhoneKey } from './kept'

/** What a signature for letting the phone in begins with, so that a challenge can never be a ballot. */
const PROOF = 'parl-phone-session:'

/** The phone's key, made once: the private half can't leave this browser, not even by this page. */
export async function phoneKey(): Promise<PhoneKey> {
  const kept = await keptKey()
  if (kept) return kept
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  if (!kty || !crv || !x || !y) throw new TypeError('the browser made no P-256 key')
  const jwk = { kty, crv, x, y }
  const key = { pair, jwk, keyId: await thumbprint(jwk) }
  await keepKey(key)
  return key
}

export async function signedProof(key: PhoneKey, challenge: string): Promise<string> {
  const said = new TextEncoder().encode(PROOF + challenge)
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.pair.privateKey, said)
  return base64url(new Uint8Array(signature))
}
