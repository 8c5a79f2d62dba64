import { type Answer, ask, type Session, signOut, whoAmI } from '../shared/hall'
import { eightDigits } from '../shared/jws/digits'
import type { Text } from '../shared/view'
import {
  dropEnrolment,
  dropKey,
  type Enrolment,
  keepEnrolment,
  keptEnrolment,
  keptKey,
  type PhoneKey,
} from './kept'
import { isDue, keySigns, lastCheck, noteCheck } from './key_check'
import { phoneKey, signedProof } from './phone_key'

export type Standing =
  | 'starting'
  /** Nothing is bound: a seat number is asked for. */
  | 'unbound'
  /** The seat's console and this screen show the same digits; a person compares. */
  | 'comparing'
  | 'proving'
  | 'in'
  /** No WebCrypto, or no place to keep a key: this browser can't vote. */
  | 'unable'

export type Setback =
  | 'refused'
  | 'expired'
  | 'card_gone'
  | 'digits_differ'
  | 'unanswered'
  /** The browser deleted the key: it was there when this phone was bound. */
  | 'key_gone'
  /** The key is there and doesn't sign any more. */
  | 'key_failed'

interface Binding {
  readonly state: 'waiting' | 'bound' | 'refused' | 'expired'
  readonly challenge?: string
}

const POLL_MS = 1_500

/** How this phone stands to the hall: from its key, through the card at a seat, to a member's session. */
export class Phone {
  standing = $state<Standing>('starting')
  setback = $state<Setback>()
  /** The hall's own words for a refusal. */
  refusal = $state.raw<Text>()
  enrolment = $state.raw<Enrolment>()
  /** Where the card is asked, or was asked last and declined. */
  seat = $state<string>()
  key: PhoneKey | undefined
  /** When the key was last tried and was good. */
  checked = $state<string>()

  #polling: ReturnType<typeof setTimeout> | undefined

  async start(): Promise<void> {
    let gone: boolean
    try {
      gone = (await keptKey()) === undefined
      this.key = await phoneKey()
      this.enrolment = await keptEnrolment()
    } catch {
      this.standing = 'unable'
      return
    }
    const known = await whoAmI('member')
    if (known.kind === 'done' && known.value.role === 'member')
      await (gone ? this.#keyGone() : this.#enter())
    // Without an enrolment no card was ever asked about this key: there is no session to ask for.
    else if (this.enrolment) await this.#look(() => this.resume())
    else this.standing = 'unbound'
  }

  /**
   * A session that ended is begun anew by the key alone: the hall's log knows it for as long as the card's
   * binding holds, also after a restart of the hall and in an open vote, when no phone can be bound.
   */
  async resume(): Promise<void> {
    if (!this.key) return
    this.standing = 'proving'
    const asked = { key_id: this.key.keyId }
    const answer = await ask<{ challenge: string }>('POST', '/api/session/phone/challenge', asked)
    if (answer.kind === 'done') await this.#prove(answer.value.challenge, () => this.#unknown())
    else this.#later(() => this.resume(), 'unanswered')
  }

  /** Let in by a cookie: whether the key still is what the hall knows is tried once a day. */
  async #enter(): Promise<void> {
    this.standing = 'in'
    this.checked = (await lastCheck())?.at
    await this.checkKey()
  }

  /** A session without its key could show everything and sign nothing: it ends, and the phone is bound anew. */
  async #keyGone(): Promise<void> {
    await signOut('member')
    await this.#unbind('key_gone')
  }

  /** Once a day: the phone signs for itself, then for the hall, which knows the key from the log. */
  async checkKey(): Promise<void> {
    if (!this.key || this.standing !== 'in') return
    if (!isDue(await lastCheck(), this.key.keyId, Date.now())) return
    if (!(await keySigns(this.key))) return this.#keyFailed()
    const asked = { key_id: this.key.keyId }
    const answer = await ask<{ challenge: string }>('POST', '/api/session/phone/challenge', asked)
    // Without an answer nothing is known of the key: it is asked again with the next look.
    if (answer.kind === 'done')
      await this.#prove(answer.value.challenge, () => this.#unbind('card_gone'), true)
  }

  async #keyFailed(): Promise<void> {
    await signOut('member')
    await dropKey().catch(() => undefined)
    try {
      this.key = await phoneKey()
      await this.#unbind('key_failed')
    } catch {
      this.standing = 'unable'
    }
  }

  /** The log doesn't have this key. What a seat's console was asked for may still be waiting there. */
  async #unknown(): Promise<void> {
    if (this.enrolment) await this.#look()
    else await this.#unbind(undefined)
  }

  /** `code`: what the unit at a registrar's desk shows. */
  async bind(seat: string, code?: string): Promise<void> {
    if (!this.key) return
    this.#clear()
    // Asked at the one moment when there is something to lose; an installed app is mostly given it.
    void navigator.storage?.persist?.()
    this.seat = seat
    const asked = { key: this.key.jwk, seat, code: code?.replaceAll(' ', '') }
    const answer = await ask<{ enrolment: string; digits: string }>('POST', '/api/phones', asked)
    if (answer.kind !== 'done') return this.#fail(answer)
    const digits = eightDigits(this.key.keyId)
    if (answer.value.digits !== digits) {
      this.setback = 'digits_differ'
      return
    }
    this.enrolment = { enrolment: answer.value.enrolment, seat, digits }
    await keepEnrolment(this.enrolment)
    this.standing = 'comparing'
    this.#later(() => this.#look())
  }

  async startAgain(): Promise<void> {
    this.#clear()
    this.seat = undefined
    await this.#unbind(undefined)
  }

  /** `forgotten`: what to do where the hall knows nothing of the enrolment (it was restarted, or time is over). */
  async #look(forgotten = () => this.#gone()): Promise<void> {
    if (!this.enrolment) return
    const path = `/api/phones/${encodeURIComponent(this.enrolment.enrolment)}`
    const answer = await ask<Binding>('GET', path)
    if (answer.kind === 'unanswered') return this.#later(() => this.#look(forgotten), 'unanswered')
    if (answer.kind === 'refused') return forgotten()
    this.setback = undefined
    const { state, challenge } = answer.value
    if (state === 'bound' && challenge) await this.#prove(challenge, () => this.#unbind('card_gone'))
    else if (state === 'waiting') {
      this.standing = 'comparing'
      this.seat = this.enrolment.seat
      this.#later(() => this.#look())
    } else await this.#unbind(state === 'refused' ? 'refused' : 'expired')
  }

  async #gone(): Promise<void> {
    await this.#unbind(this.standing === 'proving' ? 'card_gone' : 'expired')
  }

  /** `quietly`: the page goes on meanwhile, and with no answer too. */
  async #prove(challenge: string, turnedAway: () => Promise<void>, quietly = false): Promise<void> {
    if (!this.key) return
    if (!quietly) this.standing = 'proving'
    const signature = await signedProof(this.key, challenge).catch(() => undefined)
    if (signature === undefined) return this.#keyFailed()
    const proof = { key_id: this.key.keyId, challenge, signature }
    const answer = await ask<Session>('POST', '/api/session/phone', proof)
    if (answer.kind === 'done') {
      this.#clear()
      this.seat = undefined
      this.standing = 'in'
      this.checked = (await noteCheck(this.key.keyId, Date.now())).at
    } else if (answer.kind === 'refused' && answer.status === 401) await turnedAway()
    else if (!quietly) this.#later(() => this.resume(), 'unanswered')
  }

  #later(step: () => Promise<void>, setback?: Setback): void {
    this.setback = setback
    clearTimeout(this.#polling)
    this.#polling = setTimeout(() => void step(), POLL_MS)
  }

  async #unbind(setback: Setback | undefined): Promise<void> {
    clearTimeout(this.#polling)
    this.enrolment = undefined
    await dropEnrolment()
    this.setback = setback
    this.standing = 'unbound'
  }

  #fail(answer: Exclude<Answer<unknown>, { kind: 'done' }>): void {
    if (answer.kind === 'refused') this.refusal = answer.text
    else this.setback = 'unanswered'
  }

  #clear(): void {
    clearTimeout(this.#polling)
    this.setback = undefined
    this.refusal = undefined
  }
}
