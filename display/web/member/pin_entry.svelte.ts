import { type Answer, ask } from '../shared/hall'
import type { Text } from '../shared/view'
import { ledBy, type PinAsked } from './pin_asked'
import { isBridgeKey, sealPin } from './seal_pin'

export type PinTrouble = 'unanswered' | 'bad_key' | Text

const POLL_MS = 700
/** The hall itself gives a bridge fifteen seconds. */
const POLLS = 25

/** A PIN typed here for the card at a seat. Nothing of it is kept: it is an argument, sealed and gone. */
export class PinEntry {
  seat = $state<string>()
  asked = $state.raw<PinAsked>()
  trouble = $state.raw<PinTrouble>()
  busy = $state(false)
  /** The form came by itself, because the card at the seat being followed waits. */
  led = $state(false)
  /** The challenge for which the member closed that form: it doesn't come again. */
  #declined: string | undefined

  /** Asks the hall whether the card at this seat waits for a PIN. */
  async look(seat: string): Promise<void> {
    await this.#alone(async () => {
      const found = await this.#told(seat)
      if (found) [this.seat, this.asked] = [seat, found]
    })
  }

  /** While a phone is bound at a seat: opens the form when the card there waits, tells why it waits no more. */
  async follow(seat: string): Promise<void> {
    if (this.busy) return
    const answer: Answer<PinAsked> = await ask('GET', path(seat))
    if (this.busy || answer.kind !== 'done') return
    const change = ledBy(answer.value, this)
    if (change === 'stay') return
    if (change === 'open') [this.led, this.seat, this.trouble] = [true, seat, undefined]
    this.asked = answer.value
  }

  /** Closed by the member: what this card is asked now is not brought up again. */
  decline(): void {
    this.#declined = this.asked?.request?.chal ?? this.#declined
    this.startAgain()
  }

  get declined(): string | undefined {
    return this.#declined
  }

  async send(code: string, pin: string): Promise<void> {
    await this.#alone(async () => {
      const { seat } = this
      // Asked anew: a bridge that was restarted has another key, a card put in again another challenge.
      const now = seat === undefined ? undefined : await this.#told(seat)
      if (!seat || !now) return
      this.asked = now
      if (!now.request) return
      const { chal, key } = now.request
      if (!isBridgeKey(key)) {
        this.trouble = 'bad_key'
        return
      }
      const sealed = await sealPin(pin, { seat, chal, key, code })
      const answer = await ask('POST', path(seat), { chal, sealed })
      if (answer.kind === 'done') await this.#settled(seat)
      else this.trouble = answer.kind === 'refused' ? answer.text : 'unanswered'
    })
  }

  startAgain(): void {
    this.seat = this.asked = this.trouble = undefined
    this.led = false
  }

  async #settled(seat: string): Promise<void> {
    for (let poll = 0; poll < POLLS; poll += 1) {
      const found = await this.#told(seat)
      if (found) this.asked = found
      if (found && found.state !== 'checking') return
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  async #told(seat: string): Promise<PinAsked | undefined> {
    const answer: Answer<PinAsked> = await ask('GET', path(seat))
    this.trouble = undefined
    if (answer.kind === 'done') return answer.value
    this.trouble = answer.kind === 'refused' ? answer.text : 'unanswered'
    return undefined
  }

  async #alone(act: () => Promise<void>): Promise<void> {
    if (this.busy) return
    this.busy = true
    try {
      await act()
    } catch {
      this.trouble = 'bad_key'
    } finally {
      this.busy = false
    }
  }
}

function path(seat: string): string {
  return `/api/pin/${encodeURIComponent(seat)}`
}
