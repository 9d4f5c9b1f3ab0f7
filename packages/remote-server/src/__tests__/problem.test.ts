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
