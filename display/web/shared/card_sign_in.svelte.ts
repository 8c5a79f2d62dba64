import { type Answer, ask, type Session } from './hall'
import { base64url } from './jws/base64url'
import { eightDigits } from './jws/digits'
import { thumbprint } from './jws/thumbprint'
import type { Text } from './view'

/** What the page's proof begins with, so that it can be taken for nothing else. */
const PROOF = 'parl-officer-session:'
const POLL_MS = 1_000

type Setback = 'refused' | 'expired' | 'digits_differ' | 'no_crypto' | 'unanswered'

interface Asked {
  readonly enrolment: string
  readonly key_id: string
  readonly digits: string
}

/**
 * An officer's card lets this page in: a key is made for this one sign-in, its digits stand here and at the
 * desk, the card signs for it, and the page proves it. The private half never leaves the browser.
 */
export class CardSignIn {
  asked = $state.raw<Asked>()
  busy = $state(false)
  setback = $state<Setback>()
  refusal = $state.raw<Text>()

  readonly #onSignedIn: (session: Session) => void
  #pair: CryptoKeyPair | undefined
  #polling: ReturnType<typeof setTimeout> | undefined

  constructor(onSignedIn: (session: Session) => void) {
    this.#onSignedIn = onSignedIn
  }

  async begin(desk: string): Promise<void> {
    if (this.busy) return
    this.stop()
    this.busy = true
    await this.#ask(desk)
    this.busy = false
  }

  /** Forgets the key: what the card signs for it opens nothing any more. */
  stop(): void {
    clearTimeout(this.#polling)
    this.asked = this.setback = this.refusal = this.#pair = undefined
  }

  async #ask(desk: string): Promise<void> {
    let key: JsonWebKey
    try {
      const made = { name: 'ECDSA', namedCurve: 'P-256' }
      this.#pair = await crypto.subtle.generateKey(made, false, ['sign', 'verify'])
      const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', this.#pair.publicKey)
      if (!kty || !crv || !x || !y) throw new TypeError('the browser made no P-256 key')
      key = { kty, crv, x, y }
    } catch {
      this.setback = 'no_crypto'
      return
    }
    const answer = await ask<Asked>('POST', '/api/session/card', { key, desk })
    if (answer.kind !== 'done') this.#declined(answer)
    else if (answer.value.digits !== eightDigits(await thumbprint(key))) this.setback = 'digits_differ'
    else {
      this.asked = answer.value
      this.#later()
    }
  }

  #later(): void {
    this.#polling = setTimeout(() => void this.#look(), POLL_MS)
  }

  async #look(): Promise<void> {
    const asked = this.asked
    if (!asked) return
    const answer = await ask<{ state: string; challenge?: string }>(
      'GET',
      `/api/session/card/${asked.enrolment}`,
    )
    if (asked !== this.asked) return
    const state = answer.kind === 'done' ? answer.value : undefined
    if (state?.state === 'bound' && state.challenge) await this.#prove(asked, state.challenge)
    else if (state?.state === 'refused' || state?.state === 'expired') this.#ended(state.state)
    else if (answer.kind === 'refused') this.#declined(answer)
    else this.#later()
  }

  async #prove({ key_id }: Asked, challenge: string): Promise<void> {
    if (!this.#pair) return
    const said = new TextEncoder().encode(PROOF + challenge)
    const how = { name: 'ECDSA', hash: 'SHA-256' }
    const signature = base64url(new Uint8Array(await crypto.subtle.sign(how, this.#pair.privateKey, said)))
    const answer = await ask<Session>('POST', '/api/session/card/proof', { key_id, challenge, signature })
    if (answer.kind !== 'done') this.#declined(answer)
    else {
      this.stop()
      this.#onSignedIn(answer.value)
    }
  }

  #ended(setback: Setback): void {
    this.stop()
    this.setback = setback
  }

  #declined(answer: Answer<unknown>): void {
    this.stop()
    if (answer.kind === 'refused') this.refusal = answer.text
    else this.setback = 'unanswered'
  }
}
