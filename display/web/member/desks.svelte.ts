import { ask } from '../shared/hall'
import type { Text } from '../shared/view'

export interface Desk {
  readonly id: string
  readonly name: Text
}

const AGAIN_MS = 2_000

/** The registrar's desks of this hall, where a phone can be bound instead of at the member's seat. */
export class Desks {
  all = $state.raw<readonly Desk[]>([])
  #again: ReturnType<typeof setTimeout> | undefined

  async load(): Promise<void> {
    const answer = await ask<{ desks: Desk[] }>('GET', '/api/desks')
    if (answer.kind === 'done') this.all = answer.value.desks
    else this.#again = setTimeout(() => void this.load(), AGAIN_MS)
  }

  stop(): void {
    clearTimeout(this.#again)
  }

  /** Undefined for a seat, which is none of them. */
  named(place: string | undefined): Desk | undefined {
    return this.all.find(({ id }) => id === place)
  }
}
