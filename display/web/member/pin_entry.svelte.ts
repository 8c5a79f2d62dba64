import { type Answer, ask } from '../shared/hall'
import type { Text } from '../shared/view'
import { isBridgeKey, sealPin } from './seal_pin'

/** docs/specs/feed.md, `state` of a PIN. */
export type PinState =
  | 'none'
  | 'waiting'
  | 'checking'
  | 'wrong'
  | 'wrong_code'
  | 'unreadable'
  | 'blocked'
  | 'timeout'
  | 'codes_spent'
  | 'refused'
  | 'signed_in'

export interface PinAsked {
  readonly state: PinState
  readonly tries_left?: number
  readonly request?: {
    readonly chal: string
    readonly key: JsonWebKey
    readonly greeting: readonly string[]
  }
}

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

  /** Asks the hall whether the card at this seat waits for a PIN. */
  async look(seat: string): Promise<void> {
    await this.#alone(async () => {
      const found = await this.#told(seat)
      if (found) [this.seat, this.asked] = [seat, found]
    })
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
