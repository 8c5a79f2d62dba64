/** Signed statements: flattened JWS over JCS, docs/specs/statements.md. */

import type { Jws } from '../view'
import { base64url, fromBase64url, sha256Hex } from './base64url'
import { type Canonical, canonicalBytes } from './canonical'

type Members = { readonly [name: string]: Canonical }

/** Signs with P-256 and SHA-256; WebCrypto's signature is r‖s of 64 bytes, as ES256 wants it. */
export async function signES256(header: Members, payload: Members, key: CryptoKey): Promise<Jws> {
  const head = base64url(canonicalBytes(header))
  const body = base64url(canonicalBytes(payload))
  const signed = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, signingInput(head, body))
  return { protected: head, payload: body, signature: base64url(new Uint8Array(signed)) }
}

/** A statement's identity: the hash of its payload, never of its signature. */
export function identity(payload: Members): Promise<string> {
  return sha256Hex(canonicalBytes(payload))
}

/** `unable`: this browser has no Ed25519, or the hall's key isn't known here. It says nothing of the signature. */
export type Judgement = 'good' | 'bad' | 'unable'

/** Judges a statement of the hall (EdDSA) by the keys that the log's first entry names. */
export async function judgeEdDSA(
  jws: Jws,
  typ: string,
  keys: Readonly<Record<string, JsonWebKey>> | undefined,
): Promise<Judgement> {
  const header = decoded(jws.protected)
  const signature = fromBase64url(jws.signature)
  if (header?.alg !== 'EdDSA' || header.typ !== typ || !signature) return 'bad'
  const jwk = typeof header.kid === 'string' ? keys?.[header.kid] : undefined
  if (!jwk) return keys ? 'bad' : 'unable'
  try {
    const key = await crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['verify'])
    const input = signingInput(jws.protected, jws.payload)
    return (await crypto.subtle.verify('Ed25519', key, signature, input)) ? 'good' : 'bad'
  } catch {
    return 'unable'
  }
}

/** The JSON object in a part of a JWS, undefined where there is none. */
export function decoded(part: string): { readonly [name: string]: unknown } | undefined {
  const bytes = fromBase64url(part)
  if (!bytes) return undefined
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { readonly [name: string]: unknown })
      : undefined
  } catch {
    return undefined
  }
}

function signingInput(head: string, body: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${head}.${body}`)
}
