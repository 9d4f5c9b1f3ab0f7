import type { Migration } from '@veramo-studio/plugin-kit'
import { CreateOperatorAction } from './1763600000005-create-operator-action.js'

export const migrations: Migration[] = [CreateOperatorAction]
