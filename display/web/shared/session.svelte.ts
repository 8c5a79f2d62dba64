import { hallClock } from './feed/clock.svelte'
import { ask, type Session, whoAmI } from './hall'
import type { Role } from './view'

/** The hall counts a hand on the page as use; telling it once a minute is enough. */
const TOLD_EVERY_MS = 60_000
/** How long before the end a person is asked to move. */
const WARN_MS = 120_000

/** An officer's own session, as the hall keeps it: whose it is, what it may ask for, when it ends. */
export class OwnSession {
  info = $state.raw<Session>()

  readonly #role: Role
  #told = 0

  constructor(role: Role) {
    this.#role = role
  }

  async learn(): Promise<void> {
    const answer = await whoAmI(this.#role)
    if (answer.kind === 'done' && answer.value.role === this.#role) this.info = answer.value
    // Without this the console would offer nothing: asked again until the hall answers.
    else if (answer.kind === 'unanswered') setTimeout(() => void this.learn(), 2_000)
  }

  /** Somebody typed or moved. */
  hand(): void {
    if (performance.now() - this.#told < TOLD_EVERY_MS && !this.endsSoon) return
    this.#told = performance.now()
    void this.#awake()
  }

  get endsSoon(): boolean {
    const ends = this.info?.ends
    return ends !== undefined && Date.parse(ends) - hallClock.now < WARN_MS
  }

  may(act: string): boolean {
    return this.info?.may?.includes(act) ?? false
  }

  async #awake(): Promise<void> {
    const answer = await ask<Session>('POST', `/api/session/awake?as=${this.#role}`)
    if (answer.kind === 'done') this.info = answer.value
  }
}
