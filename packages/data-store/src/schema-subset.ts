import type { IAgentPluginSchema } from '@veramo/core-types'

type Named = Record<string, unknown>

/** The part of a plugin's schema that describes some of its methods, with the types that these refer to. */
export function schemaSubset(schema: IAgentPluginSchema, methods: readonly string[]): IAgentPluginSchema {
  const all: { methods: Named; schemas: Named } = schema.components
  const picked = pick(all.methods, methods)
  const needed = new Set<string>()
  const pending = referencesIn(picked)
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (needed.has(name)) continue
    needed.add(name)
    pending.push(...referencesIn(all.schemas[name]))
  }
  return { components: { methods: picked, schemas: pick(all.schemas, [...needed]) } }
}

function pick(from: Named, names: readonly string[]): Named {
  return Object.fromEntries(names.map((name) => [name, from[name]]))
}

function referencesIn(schema: unknown): string[] {
  return [...JSON.stringify(schema).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => String(name))
}
