import type { IAgentPluginSchema } from '@veramo/core-types'

/** The member of a method's schema that says so; an extension that OpenAPI allows. */
const MARK = 'x-operator-only'

type MethodSchemas = Record<string, Record<string, unknown>>

/** Marks methods of a plugin's schema as the operator's: no permission lets a customer call them. */
export function markOperatorOnly(schema: IAgentPluginSchema, methods: readonly string[]): IAgentPluginSchema {
  const declared = schema.components.methods as MethodSchemas
  const unknown = methods.filter((method) => declared[method] === undefined)
  if (unknown.length > 0) throw new Error(`not in the schema: ${unknown.join(', ')}`)
  const marked = methods.map((method) => [method, { ...declared[method], [MARK]: true }])
  const merged = { ...declared, ...(Object.fromEntries(marked) as MethodSchemas) }
  return { components: { ...schema.components, methods: merged } }
}

export function isOperatorOnly(schema: IAgentPluginSchema, method: string): boolean {
  return (schema.components.methods as MethodSchemas)[method]?.[MARK] === true
}
