import { beforeAll, describe, expect, test } from 'vitest'
import ballotVector from '../../../tests/vectors/audit/parl-ballot.json'
import { type BallotForm, signBallot, WrongForm } from '../shared/jws/ballot'
import { fromBase64url, sha256Hex } from '../shared/jws/base64url'
import { type Canonical, canonicalBytes } from '../shared/jws/canonical'
import { eightDigits } from '../shared/jws/digits'
import { decoded } from '../shared/jws/statement'
import { thumbprint } from '../shared/jws/thumbprint'

const NONCE = new Uint8Array(16)

let pair: CryptoKeyPair
let keyId: string
beforeAll(async () => {
  pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  keyId = await thumbprint(await crypto.subtle.exportKey('jwk', pair.publicKey))
})

/** The form that leads to the ballot of tests/vectors/audit, but for the key. */
function form(over: Partial<BallotForm['form']> = {}): BallotForm {
  return {
    header: { alg: 'ES256', typ: 'parl-ballot+json', kid: keyId, sk: '5e'.repeat(32) },
    form: {
      log: 'dienhong.example/hall/2026',
      sit: '2019-06-03-pm',
      vote: '2019-06-03-pm.2',
      def: 'de'.repeat(32),
      member: 'm001',
      seat: null,
      device: keyId,
      rev: 1,
      prev: null,
      chal: 'AAAAAAAAAAAAAAAAAAAAAA',
      ...over,
    },
    choices: ['approve', 'reject', 'not_voting'],
  }
}

const known = () => ({ vote: '2019-06-03-pm.2', member: 'm001', keyId })

describe('a ballot', () => {
  test('is a flattened JWS over canonical bytes, verified by the key that it names', async () => {
    const { jws } = await signBallot(form(), 'approve', known(), NONCE, pair.privateKey)
    const said = new TextEncoder().encode(`${jws.protected}.${jws.payload}`)
    const signature = fromBase64url(jws.signature)
    expect(signature).toHaveLength(64)
    const by = { name: 'ECDSA', hash: 'SHA-256' }
    expect(await crypto.subtle.verify(by, pair.publicKey, signature ?? NONCE, said)).toBe(true)
    expect(Object.keys(decoded(jws.protected) ?? {})).toEqual(['alg', 'kid', 'sk', 'typ'])
  })

  test('has the very bytes that the hall writes for the same vote', async () => {
    const golden = decoded(ballotVector.payload) as Record<string, Canonical>
    const { jws } = await signBallot(form(), 'approve', known(), NONCE, pair.privateKey)
    const ours = decoded(jws.payload) as Record<string, Canonical>
    expect({ ...ours, seat: '087', device: 'SN-1' }).toEqual(golden)
    expect(canonicalBytes(golden)).toEqual(fromBase64url(ballotVector.payload))
  })

  test('is named by the hash of its payload, whatever its signature', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => signBallot(form(), 'reject', known(), NONCE, pair.privateKey)),
    )
    expect(one?.hash).toBe(other?.hash)
    expect(one?.hash).toBe(await sha256Hex(fromBase64url(one?.jws.payload ?? '') ?? NONCE))
  })

  test.each<[string, () => BallotForm, string]>([
    ['another vote', () => form({ vote: 'another' }), 'approve'],
    ['another member', () => form({ member: 'm002' }), 'approve'],
    ['another device', () => form({ device: 'SN-1' }), 'approve'],
    ['another key', () => ({ ...form(), header: { ...form().header, kid: 'x' } }), 'approve'],
    [
      'another kind of statement',
      () => ({ ...form(), header: { ...form().header, typ: 'parl-session-key+json' } }),
      'approve',
    ],
    ['another algorithm', () => ({ ...form(), header: { ...form().header, alg: 'none' } }), 'approve'],
    ['a choice that is not offered', () => form(), 'abstain'],
  ])('is never signed for %s', async (_, wrong, choice) => {
    await expect(signBallot(wrong(), choice, known(), NONCE, pair.privateKey)).rejects.toThrow(WrongForm)
  })

  test('takes from the form what a ballot holds and nothing more', async () => {
    const greedy = { ...form(), form: { ...form().form, sworn: 'more' } } as BallotForm
    const { jws } = await signBallot(greedy, 'approve', known(), NONCE, pair.privateKey)
    expect(decoded(jws.payload)).not.toHaveProperty('sworn')
  })
})

describe('a key', () => {
  test('is named as RFC 8037, appendix A.3 names it', async () => {
    const key = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
    expect(await thumbprint(key)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  })

  test('has eight digits, those of its first eight bytes', () => {
    // 0x0000000000000007 and 0xffffffffffffffff, modulo 10^8
    expect(eightDigits(`AAAAAAAAAAc${'A'.repeat(32)}`)).toBe('0000 0007')
    expect(eightDigits(`__________8${'A'.repeat(32)}`)).toBe('0955 1615')
    expect(() => eightDigits('short')).toThrow(TypeError)
  })
})
