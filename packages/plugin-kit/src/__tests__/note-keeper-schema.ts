import type { IAgentPluginSchema } from '@veramo/core-types'

/** The schema of a plugin as Veramo's generator writes it. */
export const noteKeeperSchema = {
  components: {
    schemas: {
      NoteKeeperAddArgs: {
        type: 'object',
        properties: {
          text: { type: 'string' },
          priority: { type: 'integer', minimum: 1, maximum: 9 },
          authors: { type: 'array', items: { $ref: '#/components/schemas/Author' } },
        },
        required: ['text'],
      },
      Author: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    },
    methods: {
      noteKeeperAdd: {
        description: 'Adds a note',
        arguments: { $ref: '#/components/schemas/NoteKeeperAddArgs' },
        returnType: { type: 'object' },
      },
      noteKeeperClear: {
        description: 'Removes all notes',
        arguments: { type: 'object' },
        returnType: { type: 'object' },
      },
    },
  },
} satisfies IAgentPluginSchema
