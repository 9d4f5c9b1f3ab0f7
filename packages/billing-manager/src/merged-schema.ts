import type { IAgentPluginSchema } from '@veramo/core-types'
import { schema } from './plugin.schema.js'

const [manager, controls] = [schema.IBillingManager.components, schema.IBillingControls.components]

/** The plugin's one schema: that of all its interfaces. */
export const mergedSchema: IAgentPluginSchema = {
  components: {
    schemas: { ...manager.schemas, ...controls.schemas },
    methods: { ...manager.methods, ...controls.methods },
  },
}
