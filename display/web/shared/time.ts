/** Times as the chamber reads them: Hà Nội time, 24 hours. */

const ZONE = 'Asia/Ho_Chi_Minh'
const CLOCK = new Intl.DateTimeFormat('vi-VN', {
  timeZone: ZONE,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

/** "10:42:07" from RFC 3339; the text itself where it is no time. */
export function clockTime(t: string): string {
  const at = Date.parse(t)
  return Number.isNaN(at) ? t : CLOCK.format(at)
}

/** "03/6/2019" in Vietnamese, "3 June 2019" in English, from "2019-06-03". */
export function dayOf(date: string, lang: 'vi' | 'en'): string {
  const [year = '', month = '', day = ''] = date.split('-')
  if (lang === 'vi') return `${day}/${Number(month) < 3 ? month : Number(month)}/${year}`
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(at)
}

/** The chamber's day of a moment, in words as `dayOf`; the text itself where it is no time. */
export function dayAt(t: string, lang: 'vi' | 'en'): string {
  const at = Date.parse(t)
  if (Number.isNaN(at)) return t
  // Sweden writes its dates as RFC 3339 does.
  return dayOf(new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short' }).format(at), lang)
}

/** True where a reader's own clock shows another time than the hall's: then times are labelled. */
export function isAbroad(now: Date = new Date()): boolean {
  return now.getTimezoneOffset() !== -420
}

/** "00:12" from milliseconds, the second begun counting as a whole one; never below 00:00. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
