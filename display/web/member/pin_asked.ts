/** How the card at a seat stands to its PIN, as the hall tells it; and what that means for the form. Pure. */

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
    /** Whose card it is; not at a desk, where only the unit says so. */
    readonly greeting?: readonly string[]
  }
}

export interface PinForm {
  readonly led: boolean
  readonly seat: string | undefined
  readonly asked: PinAsked | undefined
  readonly declined: string | undefined
}

/**
 * What a form does by itself on news of the seat at which the phone is being bound: open where the card waits
 * (unless the member closed it for this very challenge, or uses it for something else), show the news where
 * what it waits for has changed, else stay as it is, so that nothing is lost of what is being typed.
 */
export function ledBy(news: PinAsked, form: PinForm): 'open' | 'show' | 'stay' {
  const chal = news.request?.chal
  if (!form.led)
    return chal !== undefined && form.seat === undefined && chal !== form.declined ? 'open' : 'stay'
  const same = form.asked?.state === news.state && form.asked.request?.chal === chal
  return same ? 'stay' : 'show'
}
