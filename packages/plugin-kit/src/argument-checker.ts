import type { IAgentPluginSchema } from '@veramo/core-types'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { kitErrors } from './kit-errors.js'

const ROOT = 'agent'

/** Checks arguments of agent methods against an agent's (or a plugin's) schema. Validators are compiled on first use. */
export class ArgumentChecker {
  private readonly ajv = new Ajv({ strict: false, allErrors: false, logger: false })
  private readonly validators = new Map<string, ValidateFunction | null>()

  constructor(private readonly schema: IAgentPluginSchema) {
    this.ajv.addSchema({ $id: ROOT, components: { schemas: schema.components.schemas as object } })
  }

  /** Throws `invalid_argument`, naming the first member that is wrong. A method without a schema passes. */
  check(method: string, args: unknown): void {
    const validate = this.validatorOf(method)
    if (validate === null || validate(args ?? {})) return
    throw kitErrors.invalid_argument(describe(validate.errors?.[0]))
  }

  private validatorOf(method: string): ValidateFunction | null {
    const known = this.validators.get(method)
    if (known !== undefined) return known
    const methods = this.schema.components.methods as Record<string, { arguments?: object }>
    const declared = Object.hasOwn(methods, method) ? methods[method] : undefined
    const validator = declared?.arguments === undefined ? null : this.ajv.compile(anchored(declared.arguments))
    this.validators.set(method, validator)
    return validator
  }
}

/** Points the references of a method's arguments at the root schema. */
function anchored(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${ROOT}#/`)) as object
}

function describe(error: ErrorObject | undefined): string {
  if (error === undefined) return 'the arguments do not match the schema of this method'
  const member = error.instancePath.replaceAll('/', '.').replace(/^\./, '')
  const reason = error.message ?? 'is not valid'
  return member === '' ? `the arguments object ${reason}` : `${member} ${reason}`
}
