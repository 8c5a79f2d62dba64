/**
 * The hall's time, as near as its messages tell. A page's own clock may be wrong by minutes, and a person
 * may set it during a sitting, so the base is the monotonic clock.
 */

/** Over this many messages the quickest one decides: the others were delayed on the way. */
const REMEMBERED = 20
const TICK_MS = 100

class HallClock {
  #offsets: number[] = []
  #reading = $state(Date.now())
  #ticking: ReturnType<typeof setInterval> | undefined

  /** `t`: RFC 3339, the hall's time when it sent the message. */
  hear(t: string): void {
    const sent = Date.parse(t)
    if (Number.isNaN(sent)) return
    this.#offsets = [...this.#offsets.slice(1 - REMEMBERED), sent - performance.now()]
    this.#read()
  }

  /** Milliseconds since 1970 by the hall's clock; reading it in a page redraws the page ten times a second. */
  get now(): number {
    this.#ticking ??= setInterval(() => this.#read(), TICK_MS)
    return this.#reading
  }

  #read(): void {
    const offset = this.#offsets.length > 0 ? Math.max(...this.#offsets) : Date.now() - performance.now()
    this.#reading = performance.now() + offset
  }
}

export const hallClock = new HallClock()
