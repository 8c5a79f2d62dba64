/**
 * Whether this page runs as an installed app. A browser deletes what a page keeps after days without a visit,
 * the signing key with it; it leaves that of an installed app alone.
 */
export function isInstalled(): boolean {
  // Safari on an iPhone says it in its own way too.
  const safari: unknown = 'standalone' in navigator ? navigator.standalone : undefined
  return safari === true || matchMedia('(display-mode: standalone)').matches
}

export type Platform = 'ios' | 'android' | 'desktop'

/** Whose words for installing come first; all of them are shown. */
export function platform(agent: string, touchPoints: number): Platform {
  if (/android/i.test(agent)) return 'android'
  // An iPad calls itself a Macintosh, which has no touch screen.
  if (/iphone|ipad|ipod/i.test(agent) || (/macintosh/i.test(agent) && touchPoints > 1)) return 'ios'
  return 'desktop'
}

/** What Chromium offers: its own question whether to install this page. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>
}

function isPrompt(event: Event): event is InstallPrompt {
  return 'prompt' in event && typeof event.prompt === 'function'
}

/** Told as soon as the browser would install the page; its question then waits for a press. */
export function onInstallable(told: (ask: () => Promise<unknown>) => void): () => void {
  const hear = (event: Event) => {
    if (!isPrompt(event)) return
    event.preventDefault()
    told(() => event.prompt())
  }
  addEventListener('beforeinstallprompt', hear)
  return () => removeEventListener('beforeinstallprompt', hear)
}
