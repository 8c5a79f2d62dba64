import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { View } from '../../shared/view'
import type { Scene } from '.'

/** Views as the hall really made them: the server's own golden files, one for each step of a vote. */
const GOLDEN = resolve(import.meta.dirname, '../../../../tests/display/golden')
const PAGES = { public: 'wall', officer: 'officer', member: 'member', auditor: 'auditor' } as const

export function goldenScenes(): Readonly<Record<string, Scene>> {
  if (!existsSync(GOLDEN)) return {}
  return Object.fromEntries(
    readdirSync(GOLDEN)
      .filter((file) => file.endsWith('.json'))
      .flatMap(scenesOf),
  )
}

function scenesOf(file: string): [string, Scene][] {
  const step = file.replace('.json', '')
  const views = JSON.parse(readFileSync(resolve(GOLDEN, file), 'utf8')) as Record<
    string,
    View & { hall: { keys?: unknown } }
  >
  return Object.entries(PAGES).flatMap(([role, page]) => {
    const view = views[role]
    // Keys and signatures are blanked in the files, so nothing is judged by them here.
    if (view?.hall) delete view.hall.keys
    return view ? [[`${page}-golden-${step}`, { page, view: () => view }] as [string, Scene]] : []
  })
}
