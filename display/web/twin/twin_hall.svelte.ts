import { waitBeforeAttempt } from '../shared/feed/back_off'
import { type Answer, ask } from '../shared/hall'
import { language } from '../shared/lang.svelte'
import { followed, type Picture, type TwinSeat } from './seen'
import { WORDS } from './words'

/** The twin beats every 2 s; two beats missed and some delay mean that the line is gone. */
const SILENCE_MS = 5_000
const WATCH_MS = 500
const NOTICE_MS = 7_000

/** The simulated hall as this page sees it, and the hands that it has there. */
export class TwinHall {
  plan = $state.raw<readonly TwinSeat[]>([])
  /** The registrar's: units that stand on no plan. */
  desks = $state.raw<readonly string[]>([])
  picture = $state.raw<Picture>()
  live = $state(false)
  /** The seat looked at. */
  seat = $state<string>()
  /** Why the last act was refused. */
  notice = $state('')

  #socket: WebSocket | undefined
  #heardAt = 0
  #failures = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setInterval> | undefined
  #forget: ReturnType<typeof setTimeout> | undefined
  /** One act after the other: a press and the next must not overtake each other on their way. */
  #last: Promise<unknown> = Promise.resolve()

  start(): void {
    this.#watch = setInterval(() => this.#notice(), WATCH_MS)
    void this.#loadPlan()
    this.#connect()
  }

  stop(): void {
    clearInterval(this.#watch)
    clearTimeout(this.#retry)
    clearTimeout(this.#forget)
    this.#drop()
  }

  look(seat: string): void {
    this.seat = seat
    this.notice = ''
    this.#say()
  }

  /** A hand's act at the seat looked at. */
  act(act: string, given: object = {}): void {
    if (this.seat !== undefined) this.#post(`/api/seats/${encodeURIComponent(this.seat)}/${act}`, given)
  }

  /** What all members do whose seats nobody took. */
  crowd(act: string, given: object = {}): void {
    this.#post(`/api/crowd/${act}`, given)
  }

  #post(path: string, given: object): void {
    this.#last = this.#last.then(async () => this.#answered(await ask('POST', path, given)))
  }

  #answered(answer: Answer<unknown>): void {
    clearTimeout(this.#forget)
    if (answer.kind === 'done') this.notice = ''
    else if (answer.kind === 'refused') this.notice = language.say(answer.text)
    else this.notice = WORDS[language.current].unanswered
    this.#forget = setTimeout(() => {
      this.notice = ''
    }, NOTICE_MS)
  }

  async #loadPlan(): Promise<void> {
    const answer = await ask<{ seats: TwinSeat[]; desks: string[] }>('GET', '/api/hall')
    if (answer.kind === 'done') [this.plan, this.desks] = [answer.value.seats, answer.value.desks]
    else setTimeout(() => this.#loadPlan(), 2_000)
  }

  #connect(): void {
    const address = new URL('/seats', location.href)
    address.protocol = 'ws:'
    const socket = new WebSocket(address)
    this.#socket = socket
    this.#heardAt = performance.now()
    let picture: Picture | undefined
    socket.onopen = () => this.#say()
    socket.onclose = () => socket === this.#socket && this.#reconnect()
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return
      picture = followed(picture, String(event.data))
      if (!picture) {
        this.#reconnect()
        return
      }
      this.#heardAt = performance.now()
      this.#failures = 0
      this.picture = picture
      this.live = true
    }
  }

  #say(): void {
    if (this.#socket?.readyState === WebSocket.OPEN && this.seat !== undefined)
      this.#socket.send(JSON.stringify({ look: this.seat }))
  }

  #reconnect(): void {
    this.#drop()
    this.live = false
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#connect(), waitBeforeAttempt(this.#failures, Math.random()))
    this.#failures += 1
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
  }

  #notice(): void {
    if (this.#socket && performance.now() - this.#heardAt > SILENCE_MS) this.#reconnect()
  }
}
