import { ask } from '../shared/hall'
import type { Act, Text } from '../shared/view'
import { type Entries, orderBody } from './orders'

type Order = { readonly act: Act; readonly entries: Entries; readonly id: string }

/** The officer's hand: what is being asked, what is on its way, and what became of it. */
export class Desk {
  /** The act whose confirmation or form is on the screen. */
  asking = $state.raw<{ readonly act: Act; readonly given: Entries }>()
  sending = $state(false)
  refusal = $state.raw<Text>()
  /** Sent, and nobody knows whether it arrived: the same order may be sent again, it is done once. */
  unanswered = $state.raw<Order>()

  readonly #onSignedOut: () => void

  constructor(onSignedOut: () => void) {
    this.#onSignedOut = onSignedOut
  }

  /** Asks first where the act can't be undone or needs entries; else it is done at once. */
  begin(act: Act, given: Entries = {}): void {
    if (this.sending) return
    this.refusal = undefined
    const needsMore = (act.needs ?? []).some((need) => given[need] === undefined)
    if (act.confirm || needsMore) this.asking = { act, given }
    else void this.perform(act, given)
  }

  back(): void {
    this.asking = undefined
  }

  async perform(act: Act, entries: Entries): Promise<void> {
    await this.#send({ act, entries, id: crypto.randomUUID() })
  }

  async again(): Promise<void> {
    if (this.unanswered) await this.#send(this.unanswered)
  }

  dismiss(): void {
    this.refusal = undefined
    this.unanswered = undefined
  }

  async #send(order: Order): Promise<void> {
    if (this.sending) return
    this.sending = true
    const answer = await ask('POST', '/api/acts', orderBody(order.act, order.entries, order.id))
    this.sending = false
    this.asking = undefined
    // 503: the hall itself says that nothing was recorded; the same order may come again.
    const open = answer.kind === 'unanswered' || (answer.kind === 'refused' && answer.status === 503)
    this.unanswered = open ? order : undefined
    this.refusal = answer.kind === 'refused' ? answer.text : undefined
    if (answer.kind === 'refused' && answer.status === 401) this.#onSignedOut()
  }
}
