import { expect, it } from '@jest/globals'
import { kitErrors } from '@veramo-studio/plugin-kit'
import { toProblemAnswer } from '../index.js'

it.each([
  [new Error('invalid_argument: no issuer'), 400, 'invalid_argument', 'no issuer'],
  [new Error('illegal_argument: x'), 400, 'invalid_argument', 'x'],
  [new Error('not_found: no such message'), 404, 'not_found', 'no such message'],
  [new TypeError('schema_error: empty'), 400, 'invalid_argument', 'empty'],
  [new Error('Identifier provider not found: x'), 400, 'method_failed', 'Identifier provider not found: x'],
  [new TypeError('Cannot read properties of undefined'), 500, 'internal_error', 'something went wrong on our side'],
  ['a string', 500, 'internal_error', 'something went wrong on our side'],
  [new URIError('bad'), 404, 'route_not_found', 'no such address'],
])('answers %p with its status and code', (...[error, status, code, detail]) => {
  const { body, ...answer } = toProblemAnswer(error, '/agent/x')
  expect([answer.status, body.status, body.code, body.detail]).toEqual([status, status, code, detail])
  expect(body.error).toBe(`${body.code}: ${body.detail}`)
  expect(body.instance).toBe('/agent/x')
})

it.each([
  [{}, 400, 'method_failed', 'no such context'],
  [{ url: 'https://example.com/v1' }, 400, 'method_failed', 'no such context (https://example.com/v1)'],
  [{ cause: kitErrors.fetch_refused('not a public address') }, 400, 'fetch_refused', 'not a public address'],
  [{ cause: kitErrors.fetch_failed('no answer') }, 502, 'fetch_failed', 'no answer'],
])('answers a JSON-LD error with details %p as the caller may mend it', (...[details, status, code, detail]) => {
  const error = Object.assign(new Error('no such context'), { name: 'jsonld.InvalidUrl', details })
  expect(toProblemAnswer(error, '/').body).toMatchObject({ status, code, detail })
})

it.each([
  () => JSON.parse('secret') as unknown,
  () => {
    throw Object.assign(new TypeError('invalid value="secret"'), { code: 'INVALID_ARGUMENT' })
  },
])('answers what a parser refused as an argument that cannot be read, without its words: %p', (parse) => {
  let thrown: unknown
  try {
    parse()
  } catch (error) {
    thrown = error
  }
  const { body } = toProblemAnswer(thrown, '/')
  expect(body).toMatchObject({ status: 400, code: 'invalid_argument' })
  expect(JSON.stringify(body)).not.toContain('secret')
})

it('shows nothing of a fault of ours', () => {
  const answer = toProblemAnswer(new RangeError('secret path /etc/x'), '/')
  expect(JSON.stringify(answer)).not.toContain('secret')
})

it('lets no extension replace a standard member', () => {
  const error = kitErrors.permission_denied('no', { extensions: { status: 200, permission: 'x' } })
  expect(toProblemAnswer(error, '/').body).toMatchObject({ status: 403, permission: 'x' })
})

it('says when to come again where that helps', () => {
  expect(toProblemAnswer(kitErrors.store_unavailable('x'), '/').headers).toEqual({ 'Retry-After': '1' })
  expect(toProblemAnswer(kitErrors.write_outcome_unknown('x'), '/').headers).toEqual({})
})
