import { type Answer, ask } from '../shared/hall'
import { type BallotForm, signBallot, WrongForm } from '../shared/jws/ballot'
import { judgeReceipt, readReceipt } from '../shared/jws/receipt'
import type { Jws, Text, Vote } from '../shared/view'
import {
  dropPending,
  type KeptReceipt,
  keepPending,
  keepReceipt,
  keptPending,
  keptReceipts,
  type PendingBallot,
  type PhoneKey,
} from './kept'
import { isFinal, waitBeforeRepeat } from './repeating'

/** Within this a member must know that a ballot is not recorded yet. */
const NOT_YET_MS = 300
const NONCE_BYTES = 16

export interface Casting {
  readonly vote: string
  readonly choice: string
  /** The 300 ms are over, or an attempt failed: "chưa được ghi nhận – đang gửi lại". */
  readonly late: boolean
}

export interface Lost {
  readonly vote: string
  readonly choice: string
  readonly why: Text | 'wrong_form'
}

/** What the box asks of the page around it. */
export interface Surroundings {
  readonly key: () => PhoneKey | undefined
  readonly member: () => string | undefined
  readonly vote: () => Vote | undefined
  readonly title: () => string
  readonly keys: () => Readonly<Record<string, JsonWebKey>> | undefined
  readonly onSignedOut: () => Promise<void>
}

/** One ballot at a time: signed once, kept, and sent until the hall's receipt or its final refusal. */
export class BallotBox {
  casting = $state.raw<Casting>()
  lost = $state.raw<Lost>()
  receipts = $state.raw<readonly KeptReceipt[]>([])
  /** A receipt whose signature is wrong: the ballot does not count as recorded, and somebody must look. */
  badReceipt = $state(false)

  readonly #around: Surroundings

  constructor(around: Surroundings) {
    this.#around = around
  }

  /** Takes up what was on its way when the page was last closed. */
  async resume(): Promise<void> {
    this.receipts = await keptReceipts()
    const pending = await keptPending()
    if (!pending || this.casting) return
    this.casting = { vote: pending.vote, choice: pending.choice, late: true }
    await this.#deliver(pending)
  }

  async cast(vote: string, choice: string): Promise<void> {
    if (this.casting) return
    this.lost = undefined
    this.casting = { vote, choice, late: false }
    const late = setTimeout(() => this.#late(), NOT_YET_MS)
    const pending = await this.#sign(vote, choice)
    if (pending) {
      await keepPending(pending)
      await this.#deliver(pending)
    }
    clearTimeout(late)
  }

  async #sign(vote: string, choice: string): Promise<PendingBallot | undefined> {
    const key = this.#around.key()
    const member = this.#around.member()
    const form = await this.#untilAnswered<BallotForm>(() => ask('GET', '/api/form'))
    if (form.kind === 'refused') return this.#lose(vote, choice, form.text)
    try {
      if (!key || !member) throw new WrongForm('not signed in')
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
      const known = { vote, member, keyId: key.keyId }
      const { jws, hash } = await signBallot(form.value, choice, known, nonce, key.pair.privateKey)
      return { vote, choice, jws, hash }
    } catch (error) {
      if (!(error instanceof WrongForm)) throw error
      return this.#lose(vote, choice, 'wrong_form')
    }
  }

  async #deliver(pending: PendingBallot): Promise<void> {
    const send = () => ask<{ receipt: Jws }>('POST', '/api/ballots', pending.jws)
    const answer = await this.#untilAnswered(send)
    if (answer.kind === 'refused') this.#lose(pending.vote, pending.choice, answer.text)
    else await this.#keep(pending, answer.value.receipt)
    await dropPending()
    this.casting = undefined
  }

  async #keep(pending: PendingBallot, jws: Jws): Promise<void> {
    const said = readReceipt(jws)
    const signature = await judgeReceipt(jws, pending.hash, this.#around.keys())
    this.badReceipt = !said || signature === 'bad'
    if (!said || signature === 'bad') return
    const { vote, choice, hash: ballot } = pending
    const title = this.#around.title()
    const receipt = { ballot, vote, title, choice, seq: said.seq, t: said.t, jws, signature }
    await keepReceipt(receipt)
    this.receipts = [...this.receipts.filter((one) => one.ballot !== ballot), receipt]
  }

  /** Repeats for as long as the hall may still take it; a session that ended is begun anew in between. */
  async #untilAnswered<T>(
    send: () => Promise<Answer<T>>,
  ): Promise<Exclude<Answer<T>, { kind: 'unanswered' }>> {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await send()
      if (answer.kind !== 'unanswered' && isFinal(answer)) return answer
      this.#late()
      if (answer.kind === 'refused' && answer.status === 401) await this.#around.onSignedOut()
      await new Promise((resolve) => setTimeout(resolve, waitBeforeRepeat(attempt)))
    }
  }

  #late(): void {
    if (this.casting) this.casting = { ...this.casting, late: true }
  }

  #lose(vote: string, choice: string, why: Lost['why']): undefined {
    this.lost = { vote, choice, why }
    this.casting = undefined
  }
}
