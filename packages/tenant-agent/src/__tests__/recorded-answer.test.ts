import { expect, it } from '@jest/globals'
import { isStudioError, kitErrors } from '@veramo-studio/plugin-kit'
import { recordError, replay } from '../recorded-answer.js'

class JsonLdError extends Error {
  override name = 'jsonld.InvalidUrl'
  constructor(readonly details: { url: string; cause?: Error }) {
    super('no such context')
  }
}

function again(error: unknown): Error {
  try {
    replay(recordError(error))
  } catch (repeated) {
    return repeated as Error
  }
  throw new Error('nothing was thrown')
}

it('gives a refusal again as what it was', () => {
  const refused = kitErrors.permission_denied('no', { extensions: { permission: 'x' } })
  expect(again(refused)).toMatchObject({ code: 'permission_denied', status: 403, extensions: { permission: 'x' } })
  expect(again(new Error('not_found: no such message')).constructor).toBe(Error)
})

it.each([new TypeError('cannot read'), new SyntaxError('not JSON'), 'a string'])(
  'gives a fault again as one, and not as a refusal: %p',
  (fault) => {
    const repeated = again(fault)
    expect(repeated.constructor).not.toBe(Error)
    expect(repeated.name).toBe(fault instanceof Error ? fault.name : 'string')
  },
)

it('keeps of a JSON-LD error the address and why that was not fetched', () => {
  const url = 'https://example.com/v1'
  const repeated = again(new JsonLdError({ url, cause: kitErrors.fetch_failed('no answer') })) as JsonLdError
  expect(repeated).toMatchObject({ name: 'jsonld.InvalidUrl', message: 'no such context', details: { url } })
  expect(isStudioError(repeated.details.cause)).toBe(true)
  expect(repeated.details.cause).toMatchObject({ code: 'fetch_failed', status: 502 })
})
