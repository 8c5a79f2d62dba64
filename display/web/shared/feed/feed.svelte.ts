import type { Role, View } from '../view'
import { waitBeforeAttempt } from './back_off'
import { hallClock } from './clock.svelte'
import { type Followed, follow } from './follow'

/**
 * connecting: nothing seen yet. live: messages arrive. lost: the picture is the last one seen.
 * stale: lost for so long that a wall shows nothing of it. signed_out: the hall knows no session for this
 * role. refused: the hall does not speak to pages from here.
 */
export type FeedStatus = 'connecting' | 'live' | 'lost' | 'stale' | 'signed_out' | 'refused'

/** The hall beats every 2 s; two beats missed and some delay mean that the line is gone. */
const SILENCE_MS = 5_000
/** A connection that closed is usually back before anybody need be told. */
const CLOSED_MS = 1_000
/** After this a picture on a wall would be taken for the present state. */
const STALE_MS = 8_000
const WATCH_MS = 250

const CLOSE_NO_SESSION = 4401
const CLOSE_FOREIGN = 4403

/** The picture that the hall sends, kept up to date; reconnects for as long as it is followed. */
export class Feed {
  view = $state.raw<View>()
  status = $state<FeedStatus>('connecting')

  readonly #role: Role
  #socket: WebSocket | undefined
  #followed: Followed | undefined
  #failures = 0
  #heardAt = performance.now()
  #triedAt = performance.now()
  #retry: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setInterval> | undefined

  constructor(role: Role) {
    this.#role = role
  }

  start(): void {
    this.stop()
    this.status = this.view ? 'lost' : 'connecting'
    this.#heardAt = performance.now()
    this.#watch = setInterval(() => this.#notice(), WATCH_MS)
    this.#connect()
  }

  stop(): void {
    clearInterval(this.#watch)
    clearTimeout(this.#retry)
    this.#drop()
  }

  /** Forgets the picture too: what one officer saw is not for the next. */
  forget(): void {
    this.stop()
    this.view = undefined
    this.#followed = undefined
    this.status = 'signed_out'
  }

  #connect(): void {
    const address = new URL('/feed', location.href)
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
    address.searchParams.set('as', this.#role)
    const socket = new WebSocket(address)
    this.#socket = socket
    this.#triedAt = performance.now()
    this.#followed = undefined
    socket.onmessage = (event) => this.#hear(socket, event.data)
    socket.onclose = (event) => this.#closed(socket, event.code)
  }

  #hear(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== 'string') return
    const step = follow(this.#followed, data)
    if (step.kind === 'gap') {
      this.#reconnect()
      return
    }
    this.#heardAt = performance.now()
    this.#failures = 0
    hallClock.hear(step.t)
    if (step.kind === 'view') this.#show(step.followed)
    if (this.#followed) this.status = 'live'
  }

  #show(followed: Followed): void {
    this.#followed = followed
    this.view = followed.view
  }

  #closed(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return
    if (code === CLOSE_NO_SESSION) this.forget()
    else if (code === CLOSE_FOREIGN) this.#refused()
    else this.#reconnect()
  }

  #refused(): void {
    this.stop()
    this.status = 'refused'
  }

  #reconnect(): void {
    this.#drop()
    this.#notice()
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#connect(), waitBeforeAttempt(this.#failures, Math.random()))
    this.#failures += 1
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
  }

  /** A silent line is as lost as a closed one: a switch that dies sends no goodbye. */
  #notice(): void {
    const silent = performance.now() - this.#heardAt
    if (this.view) {
      if (silent > STALE_MS) this.status = 'stale'
      else if (silent > (this.#socket ? SILENCE_MS : CLOSED_MS)) this.status = 'lost'
    }
    // A connection that is still being made gets the same patience as one that fell silent.
    if (this.#socket && silent > SILENCE_MS && performance.now() - this.#triedAt > SILENCE_MS)
      this.#reconnect()
  }
}
