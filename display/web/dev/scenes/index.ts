import type { Json } from '../../shared/feed/merge'
import type { View } from '../../shared/view'
import { auditorScenes } from './auditor'
import { goldenScenes } from './golden'
import { memberScenes } from './member'
import { officerScenes } from './officer'
import { wallScenes } from './wall'

export interface Scene {
  readonly page: 'wall' | 'officer' | 'member' | 'auditor'
  /** The picture, made at the moment of watching so that clocks run. */
  readonly view: (now: number) => View
  readonly patches?: readonly Json[]
  /** lost: drops after the first picture; silent: never connects. */
  readonly line?: 'lost' | 'silent' | 'signed_out'
  /** Answers to calls, by "METHOD /path". */
  readonly calls?: Readonly<Record<string, 'never' | { readonly status: number; readonly body: unknown }>>
}

const SCENES: Readonly<Record<string, Scene>> = {
  ...wallScenes,
  ...officerScenes,
  ...memberScenes,
  ...auditorScenes,
  ...goldenScenes(),
}

export function allScenes(): Readonly<Record<string, Scene>> {
  return SCENES
}
