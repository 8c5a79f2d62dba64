import { describe, expect, it } from 'vitest'
import { platform } from '../member/installed'
import { DAY_MS, isDue, keySigns } from '../member/key_check'

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' }
const NOON = Date.parse('2026-11-22T05:00:00Z')

async function pair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(CURVE, false, ['sign', 'verify'])
}

describe('a phone tries its key', () => {
  it('finds a good one good', async () => {
    expect(await keySigns({ pair: await pair(), jwk: {}, keyId: 'a' })).toBe(true)
  })

  it('finds halves that don’t belong together', async () => {
    const { privateKey } = await pair()
    const { publicKey } = await pair()
    expect(await keySigns({ pair: { privateKey, publicKey }, jwk: {}, keyId: 'a' })).toBe(false)
  })

  it('finds a key that can’t sign any more', async () => {
    const { publicKey } = await pair()
    expect(await keySigns({ pair: { privateKey: publicKey, publicKey }, jwk: {}, keyId: 'a' })).toBe(false)
  })

  it('does so once a day, and for each new key', () => {
    const at = new Date(NOON).toISOString()
    expect(isDue(undefined, 'a', NOON)).toBe(true)
    expect(isDue({ keyId: 'a', at }, 'b', NOON)).toBe(true)
    expect(isDue({ keyId: 'a', at }, 'a', NOON + DAY_MS - 1)).toBe(false)
    expect(isDue({ keyId: 'a', at }, 'a', NOON + DAY_MS)).toBe(true)
  })

  it('isn’t put off by a clock that was set back, or by nonsense', () => {
    expect(isDue({ keyId: 'a', at: new Date(NOON + 1).toISOString() }, 'a', NOON)).toBe(true)
    expect(isDue({ keyId: 'a', at: 'never' }, 'a', NOON)).toBe(true)
  })
})

describe('the words for installing', () => {
  it('begin with those of the machine at hand', () => {
    expect(platform('Mozilla/5.0 (Linux; Android 15; Pixel 9)', 5)).toBe('android')
    expect(platform('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', 5)).toBe('ios')
    expect(platform('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 5)).toBe('ios')
    expect(platform('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 0)).toBe('desktop')
    expect(platform('Mozilla/5.0 (X11; Linux x86_64)', 0)).toBe('desktop')
  })
})
