import type { StudioError } from '@veramo-studio/plugin-kit'
import type { ErrorObject } from 'ajv'
import { billingManagerErrors } from './errors.js'

/** What the schema finds first. */
export function schemaError(error: ErrorObject | undefined): StudioError {
  if (error === undefined) return invalid('', 'is not valid')
  const { instancePath, propertyName, message = 'is not valid' } = error
  const params = error.params as Record<string, unknown>
  const member = (name: unknown) => `${instancePath}${pointerTo(String(name))}`
  if (propertyName !== undefined) return invalid(member(propertyName), `the name ${message}`)
  if (error.keyword === 'required') return invalid(member(params['missingProperty']), 'is missing')
  if (error.keyword === 'additionalProperties')
    return invalid(member(params['additionalProperty']), 'is not known here')
  if (error.keyword === 'enum') {
    return invalid(instancePath, `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`)
  }
  if (error.keyword === 'const') return invalid(instancePath, `must be ${String(params['allowedValue'])}`)
  return invalid(instancePath, message)
}

export function invalid(pointer: string, reason: string): StudioError {
  const shown = pointer === '' ? 'the configuration' : oneLine(pointer)
  return billingManagerErrors.plans_invalid(`${shown}: ${oneLine(reason)}`, { extensions: { pointer } })
}

/** A JSON pointer (RFC 6901). */
export function pointerTo(...tokens: (string | number)[]): string {
  return tokens.map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ')
}
