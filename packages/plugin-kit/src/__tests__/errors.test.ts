import { describe, expect, it } from '@jest/globals'
import { errorFactory, isStudioError, kitErrorDefinitions, kitErrors, StudioError } from '../index.js'

const errors = errorFactory({
  limit_exhausted: { status: 402, title: 'Limit exhausted' },
  too_busy: { status: 503, title: 'Too busy', retryable: true },
})

describe('an error of a catalogue', () => {
  it('has a message that starts with its code', () => {
    const error = errors.limit_exhausted('no units are left')
    expect(error.message).toBe('limit_exhausted: no units are left')
    expect(error).toMatchObject({
      code: 'limit_exhausted',
      detail: 'no units are left',
      status: 402,
      title: 'Limit exhausted',
    })
  })

  it('is not retryable unless its definition says so', () => {
    expect(errors.limit_exhausted('x').retryable).toBe(false)
    expect(errors.too_busy('x').retryable).toBe(true)
  })

  it('carries its cause and its extensions, or none', () => {
    const cause = new Error('below')
    const error = errors.too_busy('x', { cause, extensions: { permission: 'didManagerCreate' } })
    expect(error.cause).toBe(cause)
    expect(error.extensions).toEqual({ permission: 'didManagerCreate' })
    expect('cause' in errors.too_busy('x')).toBe(false)
    expect(errors.too_busy('x').extensions).toEqual({})
  })

  it('is an Error with a stack that leads to where it was made', () => {
    const error = errors.too_busy('x')
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(StudioError)
    expect(error.stack).toContain('errors.test')
  })

  it('is recognised when another copy of the package made it', () => {
    class OtherCopy extends Error {
      override readonly name = 'StudioError'
      readonly code = 'not_found'
      readonly status = 404
    }
    expect(isStudioError(new OtherCopy('not_found: key'))).toBe(true)
    expect(isStudioError(errors.too_busy('x'))).toBe(true)
  })

  it('is told apart from other errors that have a code', () => {
    expect(isStudioError(Object.assign(new Error('x'), { code: 'ENOENT', status: 404 }))).toBe(false)
    expect(isStudioError({ name: 'StudioError', code: 'x', status: 400 })).toBe(false)
    expect(isStudioError(undefined)).toBe(false)
  })

  it('comes from a catalogue that nobody can change', () => {
    expect(() => Object.assign(kitErrors, { not_found: () => undefined })).toThrow(TypeError)
  })
})

describe('the catalogue of the kit', () => {
  it('answers a fault of the store with 503, so that no caller takes it for its own', () => {
    expect(kitErrors.store_unavailable('x')).toMatchObject({ status: 503, retryable: true })
    expect(kitErrors.write_outcome_unknown('x')).toMatchObject({ status: 503, retryable: false })
  })

  it('makes one constructor a code', () => {
    expect(Object.keys(kitErrors)).toEqual(Object.keys(kitErrorDefinitions))
  })
})
