import type { Text } from './view'
import { en } from './words/en'
import { vi, type Words } from './words/vi'

export type Lang = 'vi' | 'en'

const KEPT = 'hall-language'
const WORDS: Readonly<Record<Lang, Words>> = { vi, en }

/** The page's language: `?lang=` first, then what was chosen here before, then Vietnamese. */
class Language {
  current = $state<Lang>('vi')

  /** A wall is everybody's: it takes its language from its address, never from what somebody chose elsewhere. */
  begin(keeps: boolean): void {
    const asked = new URLSearchParams(location.search).get('lang') ?? (keeps ? kept() : null)
    this.#set(asked === 'en' ? 'en' : 'vi')
  }

  choose(lang: Lang): void {
    this.#set(lang)
    keep(lang)
  }

  #set(lang: Lang): void {
    this.current = lang
    document.documentElement.lang = lang
  }

  get words(): Words {
    return WORDS[this.current]
  }

  /** The hall's own text in the page's language; the other one where it is missing. */
  say(text: Text | undefined): string {
    if (!text) return ''
    return text[this.current] || text.vi || text.en
  }
}

/** Storage may be forbidden (private windows); the page works without. */
function kept(): string | null {
  try {
    return localStorage.getItem(KEPT)
  } catch {
    return null
  }
}

function keep(lang: Lang): void {
  try {
    localStorage.setItem(KEPT, lang)
  } catch {
    // the choice holds until the page is closed
  }
}

export const language = new Language()
