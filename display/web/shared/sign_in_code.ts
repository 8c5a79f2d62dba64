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
