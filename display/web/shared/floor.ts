import type { Speaker } from './view'
import type { Words } from './words/vi'

/** Milliseconds left of a speech at `now`; below zero once the time is up. */
export function spokenLeftMs(speaker: Speaker, now: number): number {
  return Date.parse(speaker.since) + speaker.limit_s * 1000 - now
}

/** A kind of speech in words; a kind that this page doesn't know is called a speech. */
export function floorKind(words: Words, kind: string): string {
  const kinds: Readonly<Record<string, string>> = words.floorKinds
  return kinds[kind] ?? words.floorKinds.speech
}
