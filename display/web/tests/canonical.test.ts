import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { base64url, fromBase64url, hex } from '../shared/jws/base64url'
import { type Canonical, canonical, NotCanonical } from '../shared/jws/canonical'

/** RFC 8785's own examples stand beside the repository; ours hold whole numbers only. */
const PUBLISHED = resolve(import.meta.dirname, '../../../../shared/data/vectors/jcs')
const FRACTIONS = ['values.json']

describe('RFC 8785', () => {
  test('names are sorted by UTF-16 code units, at every depth', () => {
    const value = {
      '\u20ac': 1,
      '\r': 2,
      '\ufb33': 3,
      '1': 4,
      '\ud83d\ude00': 5,
      '\u0080': 6,
      ö: { b: [], a: {} },
    }
    expect(canonical(value)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":{"a":{},"b":[]},"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    )
  })

  test('text is escaped as little as RFC 8785 asks', () => {
    expect(canonical('\u20ac$\u000f\nA\'B"\\/')).toBe('"\u20ac$\\u000f\\nA\'B\\"\\\\/"')
  })

  test('whole numbers, truth and nothing', () => {
    expect(canonical([0, -0, 42, -7, Number.MAX_SAFE_INTEGER, true, false, null])).toBe(
      '[0,0,42,-7,9007199254740991,true,false,null]',
    )
  })

  test.each([0.5, 1e21, Number.NaN, 2 ** 53, undefined, () => 1])('%s has no form here', (value) => {
    expect(() => canonical(value as Canonical)).toThrow(NotCanonical)
  })

  test('a lone surrogate has no UTF-8 form', () => {
    expect(() => canonical('\ud83d')).toThrow(NotCanonical)
    expect(() => canonical({ '\ude00': 1 })).toThrow(NotCanonical)
  })

  const files = existsSync(PUBLISHED) ? readdirSync(resolve(PUBLISHED, 'input')) : []
  const whole = files.filter((file) => !FRACTIONS.includes(file))
  test.skipIf(files.length === 0).each(whole.length > 0 ? whole : ['none'])(
    'the published example %s',
    (file) => {
      const input = JSON.parse(readFileSync(resolve(PUBLISHED, 'input', file), 'utf8')) as Canonical
      expect(canonical(input)).toBe(readFileSync(resolve(PUBLISHED, 'output', file), 'utf8'))
    },
  )
})

describe('base64url', () => {
  test.each(['', 'Zg', 'Zm8', 'Zm9v', '-_-_'])('%j there and back', (text) => {
    const bytes = fromBase64url(text)
    expect(bytes && base64url(bytes)).toBe(text)
  })

  test.each(['Zg==', 'Zm9+', 'Z', 'Zh', 'Zm 9', 'Zm9v\n'])(
    '%j is refused: padding, another alphabet, stray bits',
    (text) => {
      expect(fromBase64url(text)).toBeUndefined()
    },
  )

  test('hex is lower-case and keeps its zeros', () => {
    expect(hex(Uint8Array.of(0, 10, 255))).toBe('000aff')
  })
})
