import { base64url } from './base64url'
import { canonicalBytes } from './canonical'

/** RFC 7638: the hash of a key's required members, which is how statements name a key. */
export async function thumbprint(key: JsonWebKey): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', canonicalBytes(required(key)))
  return base64url(new Uint8Array(digest))
}

function required(key: JsonWebKey): { readonly [name: string]: string } {
  const { kty, crv, x, y } = key
  if (kty === 'EC' && crv && x && y) return { crv, kty, x, y }
  if (kty === 'OKP' && crv && x) return { crv, kty, x }
  throw new TypeError(`no thumbprint for a key of type ${kty}`)
}
