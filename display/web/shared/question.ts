import type { Lang } from './lang.svelte'
import type { Text, Vote } from './view'
import type { Words } from './words/vi'

type Named = Pick<Vote, 'heading' | 'round'>
type Asked = { readonly item?: Text | undefined; readonly title: Text; readonly option?: Text | undefined }

/** "LẤY Ý KIẾN", and "LẤY Ý KIẾN (LẦN 2)" where the question is put again. */
export function headingOf({ heading, round }: Named, lang: Lang, words: Words): string {
  const again = round > 1 ? ` ${words.again.replace('{n}', String(round))}` : ''
  return heading[lang] + again
}

/** What is asked, from the wide to the narrow: item, title, option; what is absent is left out. */
export function questionOf({ item, title, option }: Asked, lang: Lang): string {
  const parts = [item?.[lang], title[lang], option?.[lang]]
  return parts.filter((part, index) => part && parts.indexOf(part) === index).join(' · ')
}
