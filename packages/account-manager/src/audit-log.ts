import { BASE36, currentContext, randomString, type Clock } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { AuditRow } from './typeorm/audit-row.js'
import type { AuditAction, AuditActor, AuditValues } from './types/AuditLog.js'

export interface AccountChange {
  tenantId: string
  action: AuditAction
  before: AuditValues | null
  after: AuditValues
  reason: string | null
}

const RANDOM_LENGTH = 14
const COUNT_LENGTH = 6
const BASE = 36

let written = 0

/** Entries of one process are in order also where they have the same time. */
function nextEntryId(): string {
  written = (written + 1) % BASE ** COUNT_LENGTH
  return written.toString(BASE).padStart(COUNT_LENGTH, '0') + randomString(RANDOM_LENGTH, BASE36)
}

/** Writes a change down, in the write that makes it. */
export async function writeAudit(clock: Clock, manager: EntityManager, change: AccountChange): Promise<void> {
  const { role, keyId } = currentActor()
  await manager.insert(AuditRow, {
    ...change,
    entryId: nextEntryId(),
    actorRole: role,
    actorKeyId: keyId,
    createdAt: clock.now().toISOString(),
  })
}

/** The members of two states that differ, with their values in each. */
export function differences(before: AuditValues, after: AuditValues): { before: AuditValues; after: AuditValues } {
  const changed = Object.keys(after).filter((member) => before[member] !== after[member])
  const pick = (values: AuditValues) => Object.fromEntries(changed.map((member) => [member, values[member] ?? null]))
  return { before: pick(before), after: pick(after) }
}

function currentActor(): AuditActor {
  const { principal } = currentContext()
  if (principal === undefined) return { role: 'code', keyId: null }
  return { role: principal.role, keyId: principal.keyId ?? null }
}
