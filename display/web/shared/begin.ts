import { type Component, mount } from 'svelte'
import './base.css'
import { language } from './lang.svelte'
import { theme } from './theme.svelte'

/** Starts a page. A wall is dark and takes its language from its address; the others keep what a person chose. */
export function begin(page: Component, reader: 'person' | 'hall'): void {
  language.begin(reader === 'person')
  if (reader === 'person') theme.begin()
  else document.documentElement.style.colorScheme = 'dark'
  const target = document.getElementById('page')
  if (!target) throw new Error('the page has no place to stand')
  mount(page, { target })
}
