import { type Answer, ask } from '../shared/hall'
import type { Act, Text } from '../shared/view'
import { en } from '../shared/words/en'
import { vi } from '../shared/words/vi'
import { type Entries, orderBody } from './orders'

/** What the hall answers to an order that takes a second person, or a fresh sign-in. */
const SIGN_IN_AGAIN = 'sign_in_again'
/** In both languages, as the hall's own refusals are: the page may change its language meanwhile. */
const UNANSWERED: Text = { vi: vi.signIn.unanswered, en: en.signIn.unanswered }

type Order = { readonly act: Act; readonly entries: Entries; readonly id: string }

/** The officer's hand: what is being asked, what is on its way, and what became of it. */
export class Desk {
  /** The act whose confirmation or form is on the screen. */
  asking = $state.raw<{ readonly act: Act; readonly given: Entries }>()
  sending = $state(false)
  refusal = $state.raw<Text>()
  /** Sent, and nobody knows whether it arrived: the same order may be sent again, it is done once. */
  unanswered = $state.raw<Order>()

  /** Refused until the person shows once more who it is; then it is sent again. */
  waiting = $state.raw<Order | { readonly request: string }>()

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

  /** A second officer's answer, or the asker's own withdrawal. */
  async answer(request: string, answer: 'confirm' | 'decline' | 'withdraw'): Promise<void> {
    if (this.sending) return
    this.sending = true
    this.dismiss()
    const said = await ask('POST', `/api/requests/${encodeURIComponent(request)}`, { answer })
    this.sending = false
    if (said.kind === 'unanswered') this.refusal = UNANSWERED
    else if (said.kind === 'refused' && said.code === SIGN_IN_AGAIN) this.waiting = { request }
    else this.#judge(said)
  }

  /** The person has signed in anew: what waited for that is done. */
  async resume(): Promise<void> {
    const waited = this.waiting
    this.waiting = undefined
    if (waited && 'request' in waited) await this.answer(waited.request, 'confirm')
    else if (waited) await this.perform(waited.act, waited.entries)
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
    if (answer.kind === 'refused' && answer.code === SIGN_IN_AGAIN) this.waiting = order
    else this.#judge(answer)
  }

  #judge(answer: Answer<unknown>): void {
    this.refusal = answer.kind === 'refused' ? answer.text : undefined
    if (answer.kind === 'refused' && answer.status === 401) this.#onSignedOut()
  }
}
