/** The hall's HTTP interface: docs/specs/feed.md, "HTTP". */

import type { Role, Text, View } from './view'

/** What came of a request: the hall's answer, its refusal in words, or nothing (no line, or no sense). */
export type Answer<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly text: Text }
  | { readonly kind: 'unanswered' }

/** Long enough for a hall that is busy recording, short enough that a person knows to ask again. */
const PATIENCE_MS = 8_000

export async function ask<T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer<T>> {
  try {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    return await understood<T>(response)
  } catch {
    return { kind: 'unanswered' }
  }
}

async function understood<T>(response: Response): Promise<Answer<T>> {
  const value: unknown = response.status === 204 ? undefined : await response.json()
  if (response.ok) return { kind: 'done', value: value as T }
  if (!isRefusal(value)) return { kind: 'unanswered' }
  return { kind: 'refused', status: response.status, code: value.code, text: value.text }
}

function isRefusal(value: unknown): value is { code: string; text: Text } {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('text' in value)) return false
  const text = value.text
  return typeof text === 'object' && text !== null && 'vi' in text && 'en' in text
}

export interface Session {
  readonly role: Role
  readonly name: string
  /** From here on: officers only. */
  readonly officer?: string
  readonly post?: string
  readonly post_name?: Text
  readonly may?: readonly string[]
  readonly ends?: string
}

/** How officers sign in at this hall. */
export interface Ways {
  readonly openid: boolean
  readonly code: boolean
  readonly desks: readonly { readonly id: string; readonly name: Text }[]
}

export function signIn(code: string): Promise<Answer<Session>> {
  return ask('POST', '/api/session', { code })
}

/** For a page at which nobody has signed in yet. */
export function whichHall(): Promise<Answer<View['hall']>> {
  return ask('GET', '/api/hall')
}

export function whoAmI(role: Role): Promise<Answer<Session>> {
  return ask('GET', `/api/session?as=${role}`)
}

export function signOut(role: Role, everywhere = false): Promise<Answer<undefined>> {
  return ask('DELETE', `/api/session?as=${role}${everywhere ? '&everywhere=1' : ''}`)
}

export function waysIn(): Promise<Answer<Ways>> {
  return ask('GET', '/api/sign-in')
}

/** Leaves this page for the shared sign-in; `again`: it is to ask the person anew. */
export async function goToSharedSignIn(again: boolean): Promise<Answer<{ readonly go: string }>> {
  const answer = await ask<{ readonly go: string }>('POST', '/api/session/openid', { again })
  if (answer.kind === 'done') location.assign(answer.value.go)
  return answer
}
