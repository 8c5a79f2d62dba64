/** Following the feed's numbers: pure, so that every order of messages can be tested. docs/specs/feed.md. */

import type { View } from '../view'
import { isObject, type Json, mergePatch } from './merge'

export interface Followed {
  readonly n: number
  readonly view: View
}

export type Step =
  | { readonly kind: 'view'; readonly followed: Followed; readonly t: string }
  | { readonly kind: 'beat'; readonly t: string }
  /** A message is missing or makes no sense: only a new connection brings a picture that can be trusted. */
  | { readonly kind: 'gap' }

const GAP: Step = { kind: 'gap' }

/** What one message of the feed does to the picture so far (undefined: none yet). Never throws. */
export function follow(current: Followed | undefined, text: string): Step {
  const message = parsed(text)
  if (!message || typeof message.n !== 'number' || typeof message.t !== 'string') return GAP
  const { n, t } = message
  switch (message.type) {
    case 'snapshot':
      return isObject(message.view) ? { kind: 'view', followed: { n, view: asView(message.view) }, t } : GAP
    case 'change':
      return current && n === current.n + 1 && isObject(message.patch)
        ? changed(current, message.patch, t)
        : GAP
    case 'beat':
      return current && n === current.n ? { kind: 'beat', t } : GAP
    default:
      return GAP
  }
}

function changed(current: Followed, patch: Json, t: string): Step {
  const view = mergePatch(current.view as unknown as Json, patch)
  return { kind: 'view', followed: { n: current.n + 1, view: asView(view) }, t }
}

function parsed(text: string): { readonly [name: string]: Json } | undefined {
  try {
    const message: unknown = JSON.parse(text)
    return isObject(message) ? message : undefined
  } catch {
    return undefined
  }
}

/** The hall is the one that shapes views; pages don't check each member a second time. */
function asView(view: Json): View {
  return view as unknown as View
}
