/** Light or dark ground: the device's own by default; a console in a dim hall may be set apart from it. */

export type Ground = 'auto' | 'light' | 'dark'

const KEPT = 'hall-ground'
const SCHEMES: Readonly<Record<Ground, string>> = { auto: 'light dark', light: 'light', dark: 'dark' }

class Theme {
  ground = $state<Ground>('auto')

  begin(): void {
    let kept: string | null = null
    try {
      kept = localStorage.getItem(KEPT)
    } catch {
      // without storage the device's own ground it is
    }
    this.#set(kept === 'light' || kept === 'dark' ? kept : 'auto')
  }

  choose(ground: Ground): void {
    this.#set(ground)
    try {
      localStorage.setItem(KEPT, ground)
    } catch {
      // the choice holds until the page is closed
    }
  }

  #set(ground: Ground): void {
    this.ground = ground
    document.documentElement.style.colorScheme = SCHEMES[ground]
  }
}

export const theme = new Theme()
