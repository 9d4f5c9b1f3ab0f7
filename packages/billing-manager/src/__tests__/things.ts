import { runAsPrincipal, type Principal } from '@veramo-studio/plugin-kit'
import {
  Column,
  Entity,
  PrimaryColumn,
  Table,
  type EntityManager,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm'
import type { EffectSource } from '../index.js'
import type { Studio } from './studio.js'

/** What the calls of these tests store, each row with the id of its call. */
@Entity('test_thing')
export class ThingRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  id!: string

  @Column({ type: 'varchar' })
  kind!: string

  @Column({ type: 'varchar' })
  callId!: string
}

class CreateThings implements MigrationInterface {
  readonly name = 'CreateThings1763600009999'

  async up(runner: QueryRunner): Promise<void> {
    const columns = ['tenantId', 'id', 'kind', 'callId'].map((name, index) => ({
      name,
      type: 'varchar',
      isPrimary: index < 2,
    }))
    await runner.createTable(new Table({ name: 'test_thing', columns }))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('test_thing')
  }
}

export const thingTables = { entities: [ThingRow], migrations: [CreateThings] }

export const thingSource: EffectSource = {
  find: async (manager, { tenantId, callId }) => {
    const rows = await manager.findBy(ThingRow, { tenantId, callId })
    return rows.map(({ kind, id }) => ({ kind, id }))
  },
}

export interface Call {
  customerId: string
  reservationId: string
}

/** Writes as a method does that runs inside a metered call. */
export async function writeInCall<T>(
  { database, billing }: Studio,
  call: Call,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const principal: Principal = { tenantId: call.customerId, role: 'customer', permissions: ['*'], environment: 'live' }
  const guardWrite = (manager: EntityManager) => billing.guardWrite(manager, call)
  const meteredCall = { callId: call.reservationId, guardWrite }
  return runAsPrincipal(principal, () => database.write(work), meteredCall)
}

export async function storeThing(studio: Studio, call: Call, kind = 'did'): Promise<void> {
  const { customerId: tenantId, reservationId: callId } = call
  await writeInCall(studio, call, (manager) =>
    manager.insert(ThingRow, { tenantId, id: `${kind}-${callId}`, kind, callId }),
  )
}

export function countThings({ database }: Studio, tenantId: string): Promise<number> {
  return database.read((manager) => manager.countBy(ThingRow, { tenantId }), { acrossTenants: true })
}
