/**
 * A sign-in link carries its one-time code in the fragment, which no server sees. It leaves the address bar
 * and the history before anything else happens.
 */
export function takeCodeFromAddress(): string | undefined {
  const code = new URLSearchParams(location.hash.slice(1)).get('code')
  if (code === null) return undefined
  history.replaceState(null, '', location.pathname + location.search)
  return code.trim() || undefined
}

/** Why the shared sign-in let nobody in, as the hall put it into the address; taken out of it like a code. */
export function takeRefusalFromAddress(): string | undefined {
  const refused = new URLSearchParams(location.hash.slice(1)).get('refused')
  if (refused === null) return undefined
  history.replaceState(null, '', location.pathname + location.search)
  return refused
}
