import type { Entity } from '@veramo-studio/plugin-kit'
import { OperatorAction } from './operator-action.js'

export const Entities: Entity[] = [OperatorAction]
