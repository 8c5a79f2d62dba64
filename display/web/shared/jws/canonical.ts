/**
 * RFC 8785 (JCS) for what statements hold: objects, arrays, strings, whole numbers, booleans, null.
 * ECMAScript's own string form is the one that RFC 8785 asks for, and its default sort is by UTF-16 code units.
 */

export type Canonical =
  | null
  | boolean
  | number
  | string
  | readonly Canonical[]
  | { readonly [name: string]: Canonical }

/** Thrown for what has no canonical form here: fractions, numbers past 2^53, lone surrogates, undefined. */
export class NotCanonical extends Error {}

export function canonical(value: Canonical): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return whole(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object') return object(value as { readonly [name: string]: Canonical })
  throw new NotCanonical(`no canonical form for ${typeof value}`)
}

export function canonicalBytes(value: Canonical): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonical(value))
}

function object(value: { readonly [name: string]: Canonical }): string {
  const members = Object.keys(value)
    .sort()
    .map((name) => `${text(name)}:${canonical(value[name] as Canonical)}`)
  return `{${members.join(',')}}`
}

function text(value: string): string {
  if (!value.isWellFormed()) throw new NotCanonical('a lone surrogate has no UTF-8 form')
  return JSON.stringify(value)
}

/** Statements hold whole numbers only (docs/specs/log.md), so RFC 8785's form of fractions isn't needed. */
function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new NotCanonical(`${value} is not a whole number below 2^53`)
  return Object.is(value, -0) ? '0' : String(value)
}
