import { generateKeyPairSync, sign } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import receiptVector from '../../../tests/vectors/audit/parl-receipt.json'
import { base64url } from '../shared/jws/base64url'
import { type Canonical, canonicalBytes } from '../shared/jws/canonical'
import { judgeReceipt, RECEIPT, readReceipt } from '../shared/jws/receipt'
import { judgeResult, RESULT } from '../shared/jws/shown_result'
import { thumbprint } from '../shared/jws/thumbprint'
import type { Jws, Result } from '../shared/view'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const jwk = publicKey.export({ format: 'jwk' }) as JsonWebKey
let kid: string
let keys: Record<string, JsonWebKey>
beforeAll(async () => {
  kid = await thumbprint(jwk)
  keys = { [kid]: jwk }
})

function signed(typ: string, payload: { readonly [name: string]: Canonical }): Jws {
  const head = base64url(canonicalBytes({ alg: 'EdDSA', kid, typ }))
  const body = base64url(canonicalBytes(payload))
  return {
    protected: head,
    payload: body,
    signature: base64url(sign(null, Buffer.from(`${head}.${body}`), privateKey)),
  }
}

const BALLOT = 'ba'.repeat(32)
const receipt = (over = {}) =>
  signed(RECEIPT, {
    log: 'l',
    vote: 'v',
    ballot: BALLOT,
    seq: 1311,
    t: '2026-11-21T13:48:00.123Z',
    ...over,
  })

describe('a receipt', () => {
  test('of the hall, for this ballot, is good', async () => {
    expect(await judgeReceipt(receipt(), BALLOT, keys)).toBe('good')
    expect(readReceipt(receipt())).toMatchObject({ seq: 1311, ballot: BALLOT })
  })

  test('as the hall writes it is read', () => {
    expect(readReceipt(receiptVector)).toEqual({
      log: 'dienhong.example/hall/2026',
      vote: '2019-06-03-pm.2',
      ballot: 'ba'.repeat(32),
      seq: 1311,
      t: '2026-11-21T13:48:00.123Z',
    })
  })

  test('for another ballot is bad', async () => {
    expect(await judgeReceipt(receipt({ ballot: 'bb'.repeat(32) }), BALLOT, keys)).toBe('bad')
  })

  test('with one changed letter is bad', async () => {
    const forged = { ...receipt(), payload: receipt({ seq: 1312 }).payload }
    expect(await judgeReceipt(forged, BALLOT, keys)).toBe('bad')
  })

  test('of another kind of statement is bad', async () => {
    const other = signed(RESULT, { log: 'l', vote: 'v', ballot: BALLOT, seq: 1, t: 't' })
    expect(await judgeReceipt(other, BALLOT, keys)).toBe('bad')
  })

  test('by a key that the log does not name is bad; without any key known it is only not judged', async () => {
    expect(await judgeReceipt(receipt(), BALLOT, {})).toBe('bad')
    expect(await judgeReceipt(receipt(), BALLOT, undefined)).toBe('unable')
  })

  test('that is nonsense is bad', async () => {
    expect(await judgeReceipt({ protected: '', payload: '', signature: '' }, BALLOT, keys)).toBe('bad')
  })
})

describe('a result on the wall', () => {
  const figures = { roll: 484, present: 452, participated: 417, invalid: 0, outcome: 'rejected' }
  const counts = { approve: 240, reject: 132, not_voting: 45 }
  const shown = (over = {}) =>
    ({
      ...figures,
      counts,
      jws: signed(RESULT, { vote: 'v', ...figures, counts }),
      ...over,
    }) as unknown as Result

  test('that shows what was signed is good', async () => {
    expect(await judgeResult(shown(), 'v', keys)).toBe('good')
  })

  test.each([
    ['another figure', { present: 453 }],
    ['another outcome', { outcome: 'adopted' }],
    ['another count', { counts: { ...counts, approve: 243 } }],
    ['a line left out', { counts: { approve: 240, reject: 132 } }],
  ])('with %s than was signed is bad', async (_, over) => {
    expect(await judgeResult(shown(over), 'v', keys)).toBe('bad')
  })

  test('of another vote is bad', async () => {
    expect(await judgeResult(shown(), 'another', keys)).toBe('bad')
  })
})
