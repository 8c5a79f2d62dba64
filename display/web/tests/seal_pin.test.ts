import { describe, expect, test } from 'vitest'
import vector from '../../../tests/vectors/sealed-pin.json'
import { isBridgeKey, sealPin } from '../member/seal_pin'
import { fromBase64url } from '../shared/jws/base64url'
import { decoded } from '../shared/jws/statement'

const CURVE = { name: 'ECDH', namedCurve: 'P-256' }
const where = { seat: vector.seat, chal: vector.chal, code: vector.code, key: vector.bridge }

async function ephemeral(): Promise<CryptoKeyPair> {
  const { d: _, ...shared } = vector.ephemeral
  return {
    privateKey: await crypto.subtle.importKey('jwk', vector.ephemeral, CURVE, false, ['deriveBits']),
    publicKey: await crypto.subtle.importKey('jwk', shared, CURVE, true, []),
  }
}

const withoutHeader = (sealed: string) => sealed.split('.').slice(1, 3)
const headerOf = (sealed: string) => decoded(sealed.split('.')[0] ?? '')

describe('a PIN sealed in the browser', () => {
  test('is the JWE that joserfc makes of the same key, IV and PIN', async () => {
    const iv = fromBase64url(vector.iv) as Uint8Array<ArrayBuffer>
    const sealed = await sealPin(vector.pin, where, { pair: await ephemeral(), iv })
    expect(sealed).toBe(vector.sealed)
  })

  test('is another each time, and tells neither the PIN nor its length', async () => {
    const seals = await Promise.all(['123456', '1234567', '12345678'].map((pin) => sealPin(pin, where)))
    expect(new Set(seals.map((sealed) => sealed.length)).size).toBe(1)
    expect(new Set(seals).size).toBe(3)
    expect(seals.every((sealed) => sealed.length <= 1024)).toBe(true)
    expect(headerOf(seals[0] ?? '')).toMatchObject({ alg: 'ECDH-ES', enc: 'A256GCM' })
    expect(Object.keys(headerOf(seals[0] ?? '') ?? {})).toEqual(['alg', 'enc', 'epk'])
    expect(withoutHeader(seals[0] ?? '')).not.toEqual(withoutHeader(seals[1] ?? ''))
  })

  test('is sealed to a P-256 key or not at all', async () => {
    const { d: _, ...shared } = vector.bridge
    expect(isBridgeKey(shared)).toBe(true)
    for (const bad of [{}, { ...shared, crv: 'P-384' }, { ...shared, kty: 'OKP' }, { ...shared, x: 'AA' }])
      expect(isBridgeKey(bad)).toBe(false)
    await expect(sealPin('123456', { ...where, key: { ...shared, x: shared.y } })).rejects.toThrow()
  })
})
