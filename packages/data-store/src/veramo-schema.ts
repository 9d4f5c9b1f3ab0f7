import type { IAgentPluginSchema } from '@veramo/core-types'

type Named = Record<string, object>

/** Where Veramo's stores take more than the types that its schemas were made from. */
const CHANGES: Record<string, (schema: Loose) => object> = {
  // A message without an id gets one.
  IMessage: (schema) => ({ ...schema, required: ['type'] }),
  VerifiablePresentation: (schema) => ({
    ...schema,
    properties: {
      ...schema.properties,
      verifier: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    },
  }),
}

interface Loose {
  properties?: Named
}

/** The schema of one of Veramo's plugins, which takes what Veramo's stores take. */
export function storeSchema(schema: IAgentPluginSchema): IAgentPluginSchema {
  return withSchemas(schema, (name, each) => CHANGES[name]?.(each) ?? each)
}

/** The schema of Veramo's `DIDComm`, which takes dates as DIDComm has them: in seconds since 1970. */
export function didCommSchema(schema: IAgentPluginSchema): IAgentPluginSchema {
  const date = { type: ['string', 'number'] }
  return withSchemas(schema, (name, each) =>
    name === 'IDIDCommMessage'
      ? { ...each, properties: { ...each.properties, created_time: date, expires_time: date } }
      : each,
  )
}

/** Leaves the names of columns to the methods, which refuse wrong ones in Veramo's words. */
export function withAnyColumn(schema: IAgentPluginSchema): IAgentPluginSchema {
  return withSchemas(schema, (name, each) => (/^T\w+Columns$/.test(name) ? { type: 'string' } : each))
}

function withSchemas(
  { components }: IAgentPluginSchema,
  change: (name: string, schema: Loose) => object,
): IAgentPluginSchema {
  const changed = Object.entries(components.schemas as Named).map(([name, each]) => [name, change(name, each)])
  return { components: { ...components, schemas: Object.fromEntries(changed) as Named } }
}
