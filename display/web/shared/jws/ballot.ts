import type { Jws } from '../view'
import { base64url } from './base64url'
import type { Canonical } from './canonical'
import { identity, signES256 } from './statement'

export const BALLOT = 'parl-ballot+json'

/** `GET /api/form`: what to sign, less the choice and the nonce. */
export interface BallotForm {
  readonly header: { readonly alg: string; readonly typ: string; readonly kid: string; readonly sk: string }
  readonly form: {
    readonly log: string
    readonly sit: string
    readonly vote: string
    readonly def: string
    readonly member: string
    readonly seat: string | null
    readonly device: string
    readonly rev: number
    readonly prev: string | null
    readonly chal: string
  }
  readonly choices: readonly string[]
}

export interface SignedBallot {
  readonly jws: Jws
  /** Hash of the payload: the ballot's identity, which the receipt must name. */
  readonly hash: string
}

/** What the page knows itself, and the form must say too: a phone signs for its own member and the vote on its screen. */
export interface Known {
  readonly vote: string
  readonly member: string
  readonly keyId: string
}

/** Thrown for a form that asks for another signature than the one the member meant. */
export class WrongForm extends Error {}

/** `nonce`: 16 random bytes. */
export async function signBallot(
  form: BallotForm,
  choice: string,
  known: Known,
  nonce: Uint8Array,
  key: CryptoKey,
): Promise<SignedBallot> {
  checkForm(form, choice, known)
  const { alg, typ, kid, sk } = form.header
  const { log, sit, vote, def, member, seat, device, rev, prev, chal } = form.form
  const payload: { readonly [name: string]: Canonical } = {
    log,
    sit,
    vote,
    def,
    member,
    seat,
    device,
    choice,
    rev,
    prev,
    nonce: base64url(nonce),
    chal,
  }
  const jws = await signES256({ alg, typ, kid, sk }, payload, key)
  return { jws, hash: await identity(payload) }
}

function checkForm({ header, form, choices }: BallotForm, choice: string, known: Known): void {
  if (header.alg !== 'ES256' || header.typ !== BALLOT) throw new WrongForm('not a ballot')
  if (header.kid !== known.keyId || form.device !== known.keyId) throw new WrongForm('another key')
  if (form.vote !== known.vote) throw new WrongForm('another vote')
  if (form.member !== known.member) throw new WrongForm('another member')
  if (!choices.includes(choice)) throw new WrongForm('no such choice')
}
