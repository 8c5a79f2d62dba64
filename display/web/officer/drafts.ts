/** What an officer has typed so far, kept through a reload of the page (not beyond the browser's session). */

const PREFIX = 'hall-draft:'

export function keptDraft(name: string): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return {}
    return Object.fromEntries(Object.entries(kept).filter(([, value]) => typeof value === 'string'))
  } catch {
    return {}
  }
}

export function keepDraft(name: string, draft: Readonly<Record<string, string>>): void {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(draft))
  } catch {
    // without storage the draft lives as long as the page
  }
}

export function dropDraft(name: string): void {
  try {
    sessionStorage.removeItem(PREFIX + name)
  } catch {
    // nothing was kept
  }
}
