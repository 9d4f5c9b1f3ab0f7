import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { BASE62 } from '@veramo-studio/plugin-kit'
import {
  API_KEY_TOKEN_LENGTH,
  API_KEY_TOKEN_PATTERN,
  digestOf,
  generateApiKeyToken,
  hashApiKeyToken,
  isDigestOf,
  isTagGenuine,
  parseApiKeyToken,
  type ApiKeyTokenParts,
} from '../api-key-token.js'
import { Peppers } from '../peppers.js'
import { pepperOf } from './studio.js'

const peppers = new Peppers([{ version: 1, key: pepperOf(1) }])
const otherPeppers = new Peppers([{ version: 1, key: pepperOf(2) }])

function partsOf(token: string): ApiKeyTokenParts {
  const parsed = parseApiKeyToken(token)
  if (!parsed.ok) throw new Error(`not a token: ${parsed.reason}`)
  return parsed.parts
}

/** Every text that differs from a token in one character. */
function misspellings(token: string): string[] {
  const alphabet = [...BASE62, '_', '-', ' ', 'é']
  return Array.from(token).flatMap((letter, at) =>
    alphabet.filter((other) => other !== letter).map((other) => token.slice(0, at) + other + token.slice(at + 1)),
  )
}

describe('a token', () => {
  it('has the published shape and length, and no two are alike', () => {
    const tokens = Array.from(
      { length: 1000 },
      (_unused, index) => generateApiKeyToken(peppers, index % 2 === 0 ? 'live' : 'test').token,
    )
    const published = new RegExp(`^${API_KEY_TOKEN_PATTERN}$`)
    expect(tokens.filter((token) => !published.test(token))).toEqual([])
    expect(tokens.filter((token) => token.length !== API_KEY_TOKEN_LENGTH)).toEqual([])
    expect(new Set(tokens).size).toBe(1000)
  })

  it('is described in the README as it is', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    expect(readme).toContain(`\n${API_KEY_TOKEN_PATTERN}\n`)
    expect(readme).toContain(`${API_KEY_TOKEN_LENGTH} characters`)
  })

  it('is found by the pattern in the middle of other text', () => {
    const { token } = generateApiKeyToken(peppers, 'live')
    const text = `curl -H 'x-api-key: ${token}' https://example.com`
    expect(new RegExp(API_KEY_TOKEN_PATTERN).exec(text)?.[0]).toBe(token)
  })

  it('has at least 160 random bits that no other part of it gives away', () => {
    const secrets = Array.from({ length: 200 }, () => generateApiKeyToken(peppers, 'live').token.slice(25, 53))
    const letters = new Set(secrets.join(''))
    expect(letters.size).toBe(BASE62.length)
    expect(Math.log2(BASE62.length) * 28).toBeGreaterThanOrEqual(160)
    expect(new Set(secrets).size).toBe(200)
  })

  it('is parsed into what it was made of', () => {
    for (const environment of ['live', 'test'] as const) {
      const { token, keyId } = generateApiKeyToken(peppers, environment)
      const parts = partsOf(token)
      expect(parts).toMatchObject({ environment, keyId, pepperVersion: 1 })
      expect(token.startsWith(`vs_${environment}_${keyId}_`)).toBe(true)
      expect(isTagGenuine(peppers, parts)).toBe(true)
    }
  })

  it('is told from every misspelling of one character without any secret', () => {
    const { token } = generateApiKeyToken(peppers, 'live')
    const wrong = misspellings(token)
    expect(wrong.length).toBeGreaterThan(4000)
    expect(wrong.filter((text) => parseApiKeyToken(text).ok)).toEqual([])
  })

  it('is told from one with look-alike letters, with two neighbours swapped, or of the other environment', () => {
    const lookAlikes = [/O/g, /0/g, /l/g, /I/g, /1/g]
    const { token } = generateApiKeyToken(peppers, 'live')
    const wrong = lookAlikes.flatMap((pattern) =>
      ['0', 'O', 'o', '1', 'l', 'I'].map((to) => token.replace(pattern, to)),
    )
    for (let at = 0; at < token.length - 1; at += 1) {
      wrong.push(token.slice(0, at) + token.charAt(at + 1) + token.charAt(at) + token.slice(at + 2))
    }
    wrong.push(token.replace('vs_live_', 'vs_test_'))
    const changed = wrong.filter((text) => text !== token)
    expect(changed.length).toBeGreaterThan(50)
    expect(changed.filter((text) => parseApiKeyToken(text).ok)).toEqual([])
  })

  it('is refused by its length before anything else looks at it', () => {
    const { token } = generateApiKeyToken(peppers, 'live')
    for (const text of ['', token.slice(1), `${token}0`, `${token}\n`, ` ${token}`, token.repeat(100_000)]) {
      expect(parseApiKeyToken(text)).toEqual({ ok: false, reason: 'length' })
    }
  })

  it('never makes parsing throw, whatever the text', () => {
    const ofRightLength = fc.string({
      unit: 'binary',
      minLength: API_KEY_TOKEN_LENGTH,
      maxLength: API_KEY_TOKEN_LENGTH,
    })
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), ofRightLength), (text) => !parseApiKeyToken(text).ok))
  })

  it('is not genuine with a tag made under another pepper, even of the same version', () => {
    const forged = partsOf(generateApiKeyToken(otherPeppers, 'live').token)
    expect(isTagGenuine(peppers, forged)).toBe(false)
    expect(isTagGenuine(otherPeppers, forged)).toBe(true)
  })

  it('is not genuine with the tag of another token, or a pepper that is not in use', () => {
    const [one, other] = [generateApiKeyToken(peppers, 'live'), generateApiKeyToken(peppers, 'live')]
    expect(isTagGenuine(peppers, { ...partsOf(one.token), mac: partsOf(other.token).mac })).toBe(false)
    expect(isTagGenuine(peppers, { ...partsOf(one.token), pepperVersion: 2 })).toBe(false)
    expect(isTagGenuine(peppers, { ...partsOf(one.token), pepperVersion: 0 })).toBe(false)
  })
})

describe('what is kept of a token', () => {
  it('is HMAC-SHA-256(pepper, SHA-256(token))', () => {
    const { token, hash } = generateApiKeyToken(peppers, 'live')
    const digest = createHash('sha256').update(token).digest()
    expect(hash).toBe(createHmac('sha256', Buffer.alloc(32, 1)).update(digest).digest('hex'))
  })

  it('matches its own token alone, under its own pepper alone', () => {
    const kept = generateApiKeyToken(peppers, 'live')
    const other = generateApiKeyToken(peppers, 'live')
    expect(isDigestOf(peppers, kept, digestOf(kept.token))).toBe(true)
    expect(isDigestOf(peppers, kept, digestOf(other.token))).toBe(false)
    expect(isDigestOf(otherPeppers, kept, digestOf(kept.token))).toBe(false)
    expect(isDigestOf(peppers, { ...kept, pepperVersion: 2 }, digestOf(kept.token))).toBe(false)
    expect(isDigestOf(peppers, { ...kept, hash: kept.hash.slice(0, 8) }, digestOf(kept.token))).toBe(false)
  })

  it('is no token itself', () => {
    const { token } = generateApiKeyToken(peppers, 'live')
    expect(parseApiKeyToken(hashApiKeyToken(peppers.newest, token)).ok).toBe(false)
  })
})
