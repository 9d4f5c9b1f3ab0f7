import { describe, expect, it } from '@jest/globals'
import { ArgumentChecker } from '../index.js'
import { noteKeeperSchema } from './note-keeper-schema.js'

const checker = new ArgumentChecker(noteKeeperSchema)
const check = (args: unknown, method = 'noteKeeperAdd') => checker.check(method, args)

describe('the arguments of a method', () => {
  it('pass when they match the schema, with members that it does not name too', () => {
    expect(() => check({ text: 'x', priority: 9, authors: [{ name: 'Ann' }], more: true })).not.toThrow()
  })

  it.each([
    [{}, "invalid_argument: the arguments object must have required property 'text'"],
    [undefined, "invalid_argument: the arguments object must have required property 'text'"],
    [null, "invalid_argument: the arguments object must have required property 'text'"],
    ['text', 'invalid_argument: the arguments object must be object'],
    [[], 'invalid_argument: the arguments object must be object'],
    [{ text: 5 }, 'invalid_argument: text must be string'],
    [{ text: null }, 'invalid_argument: text must be string'],
    [{ text: 'x', priority: 1.5 }, 'invalid_argument: priority must be integer'],
    [{ text: 'x', priority: '1' }, 'invalid_argument: priority must be integer'],
    [{ text: 'x', priority: 10 }, 'invalid_argument: priority must be <= 9'],
    [{ text: 'x', authors: [{ name: 'Ann' }, {}] }, "invalid_argument: authors.1 must have required property 'name'"],
  ])('%j are refused, naming the member', (args, message) => {
    expect(() => check(args)).toThrow(expect.objectContaining({ code: 'invalid_argument', status: 400, message }))
  })

  it('do not show in the error: they may be secret', () => {
    expect(() => check({ text: ['geheim'] })).toThrow(/^(?!.*geheim)/)
  })

  it('are not changed by being checked', () => {
    const args = { text: 'x', priority: 1, more: { deep: true } }
    check(args)
    expect(args).toEqual({ text: 'x', priority: 1, more: { deep: true } })
  })

  it.each(['noteKeeperUnknown', 'constructor', 'toString', '__proto__'])('pass for %s, which has no schema', (method) =>
    expect(() => check({ text: 5 }, method)).not.toThrow(),
  )

  it('may be left out where the schema needs none', () => {
    expect(() => check(undefined, 'noteKeeperClear')).not.toThrow()
  })
})
