import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { base64url } from '../../shared/jws/base64url'
import { type Canonical, canonicalBytes } from '../../shared/jws/canonical'
import type { Choice, Jws, PlannedSeat, Result, Text, View, Vote } from '../../shared/view'

/** The hall of the recorded scenes: 500 seats, 484 members, the poll of 3 June 2019. */
export const SEATS = 500
export const MEMBERS = 484
export const PRESENT = 452

export function t(vi: string, en: string): Text {
  return { vi, en }
}

/** Concentric rows around the presidium, as display/plan.py draws them. */
export const DESKS = [{ id: 'desk-1', name: t('Bàn đăng ký', 'Registrar’s desk') }]

export function plan(): PlannedSeat[] {
  const radii = [0.24, 0.3, 0.36, 0.42, 0.48, 0.54, 0.6, 0.72, 0.78, 0.84, 0.9]
  const whole = radii.reduce((sum, radius) => sum + radius, 0)
  const seats: PlannedSeat[] = []
  let reached = 0
  for (const radius of radii) {
    reached += radius
    const count = Math.round((SEATS * reached) / whole) - seats.length
    for (let n = 0; n < count; n += 1) {
      const angle = Math.PI * (0.97 - (0.94 * (n + 0.5)) / count)
      const seat = String(seats.length + 1).padStart(3, '0')
      seats.push({
        seat,
        x: 0.5 + (radius * Math.cos(angle)) / (16 / 9),
        y: 0.96 - radius * Math.sin(angle),
        block: 'A',
      })
    }
  }
  return seats
}

/** A seat letter for each seat, spread by a fixed sequence so that every run draws the same picture. */
export function seats(recorded: number, extra: Readonly<Record<number, string>> = {}): string {
  const order = Array.from({ length: SEATS }, (_, n) => ({ n, key: (n * 7919) % 503 })).sort(
    (a, b) => a.key - b.key,
  )
  const letters: string[] = new Array(SEATS).fill('-')
  order.slice(0, PRESENT).forEach(({ n }, index) => {
    letters[n] = index < recorded ? '*' : 'o'
  })
  for (const [n, letter] of Object.entries(extra)) letters[Number(n)] = letter
  return letters.join('')
}

export const CHOICES: readonly Choice[] = [
  { id: 'approve', label: t('Tán thành', 'Approve'), mark: 'check', tone: 'approve' },
  { id: 'reject', label: t('Không tán thành', 'Disapprove'), mark: 'cross', tone: 'reject' },
  { id: 'not_voting', label: t('Không biểu quyết', 'Not voting'), mark: 'square', tone: 'neutral' },
]

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const jwk = publicKey.export({ format: 'jwk' })
const kid = base64url(
  createHash('sha256')
    .update(canonicalBytes({ crv: 'Ed25519', kty: 'OKP', x: String(jwk.x) }))
    .digest(),
)
export const KEYS: Readonly<Record<string, JsonWebKey>> = {
  [kid]: { kty: 'OKP', crv: 'Ed25519', x: String(jwk.x) },
}

export function signed(typ: string, payload: { readonly [name: string]: Canonical }): Jws {
  const head = base64url(canonicalBytes({ alg: 'EdDSA', kid, typ }))
  const body = base64url(canonicalBytes(payload))
  return {
    protected: head,
    payload: body,
    signature: base64url(sign(null, Buffer.from(`${head}.${body}`), privateKey)),
  }
}

export const CHECKPOINT = `dienhong.example/hall/2026
1800
r8QmGgmQ1vP0oO5z4lKQb5m9cC2m7VQ0b7n0m2bqV4w=

— dienhong.example/hall/2026 GisiTWq3c0b1y7o1Zl0S2dQm4p8rT6u9x2c5v8b1n4m7k0j3h6g9f2d5s8a1q4w7e0r3t6y9u2i5o8p1l4k7j0h3g6f9d2s=
`

type Shown = Omit<Result, 'code' | 'checkpoint' | 'jws'>

export function result(vote: string, shown: Shown): Result {
  const { roll, present, participated, counts, invalid, outcome } = shown
  const jws = signed('parl-result+json', { vote, roll, present, participated, counts, invalid, outcome })
  return { ...shown, code: '7F3A C21E', checkpoint: CHECKPOINT, jws }
}

const ALL = t('tổng số đại biểu Quốc hội', 'all members of the National Assembly')

export function percent(vi: string, of = MEMBERS, base = ALL): Result['percent'][string] {
  return { text: t(vi, vi.replace(',', '.')), of, base }
}

export const BASE_NOTE = t(
  '% tính trên tổng số đại biểu Quốc hội',
  '% of all members of the National Assembly',
)

export function vote(over: Partial<Vote> = {}): Vote {
  return {
    id: '2019-06-03-pm.2',
    phase: 'open',
    state: t('ĐANG BIỂU QUYẾT', 'VOTING'),
    heading: t('LẤY Ý KIẾN', 'POLL'),
    kind: 'poll',
    item: t(
      'Dự thảo Luật Phòng, chống tác hại của rượu, bia',
      'Draft law on preventing the harm of alcohol',
    ),
    title: t('Khoản 8 Điều 5', 'Article 5, clause 8'),
    option: t('Phương án 2', 'Option 2'),
    round: 1,
    secret: false,
    choices: CHOICES,
    members: MEMBERS,
    present: PRESENT,
    shown: 448,
    recorded: 312,
    seats: seats(312),
    ...over,
  }
}

export function view(over: Partial<View> = {}): View {
  return {
    role: 'public',
    hall: {
      name: t('Hội trường Diên Hồng', 'Diên Hồng Hall'),
      log: 'dienhong.example/hall/2026',
      test: false,
      keys: KEYS,
    },
    sitting: {
      id: '2019-06-03-pm',
      title: t('Phiên họp chiều 03/6/2019', 'Sitting of the afternoon of 3 June 2019'),
      on: '2019-06-03',
      roll: MEMBERS,
      present: PRESENT,
    },
    floor: { queue: [] },
    ...over,
  }
}

export function inSeconds(now: number, seconds: number): string {
  return new Date(now + seconds * 1000).toISOString()
}
