import { expect } from '@jest/globals'

export interface Answer {
  status: number
  headers: Headers
  text: string
  body: Record<string, unknown>
}

/** That an answer is a problem of RFC 9457, with the members that all of ours have. */
export function expectProblem(answer: Answer, [status, code]: [number, string], instance: string): void {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  const { detail } = answer.body
  expect(answer.body).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status,
    code,
    error: `${code}: ${String(detail)}`,
    instance,
  })
  expect(answer.status).toBe(status)
}
