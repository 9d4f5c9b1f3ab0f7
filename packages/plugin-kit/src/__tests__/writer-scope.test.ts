import { afterEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { EntityManager } from 'typeorm'
import { openDatabase, runAsOperator, runAsPrincipal, runInTenant, type Database, type Principal } from '../index.js'
import { CreateNote, Note } from './note.js'

const IDLE_OPERATOR: Principal = { tenantId: 'operator', role: 'operator', permissions: ['*'], environment: 'live' }
const ODD_TENANT = `o'hara " \\ ; --`

describeOnEachDatabase('the scope of a work', (fresh, engine) => {
  let database: Database

  const open = async (defaultTenantId?: string) => {
    const url = await fresh()
    const common = { url, entities: [Note], migrations: [CreateNote] }
    database = await openDatabase(defaultTenantId === undefined ? common : { ...common, defaultTenantId })
  }

  afterEach(() => database.close())

  /** What the work sees itself in; on Postgres, what row-level security goes by. */
  const seen = async (manager: EntityManager) => {
    await manager.query('SELECT 1')
    if (engine === 'sqlite') {
      const scope = database.scope()
      return {
        tenant: scope?.kind === 'tenant' ? scope.tenantId : '',
        operator: scope?.kind === 'operator' ? 'on' : 'off',
      }
    }
    const [settings] = await manager.query<{ tenant: string; operator: string }[]>(
      `SELECT current_setting('studio.tenant_id') AS tenant, current_setting('studio.operator') AS operator`,
    )
    return settings
  }

  it('is its own caller’s, also after a neighbour was undone', async () => {
    await open()
    const outcomes = await Promise.allSettled([
      runInTenant('ann', () => database.write(seen)),
      runInTenant('bob', () => database.write(() => Promise.reject(new Error('undone')))),
      runInTenant(ODD_TENANT, () => database.write(seen)),
      runAsOperator(() => database.write(seen)),
      database.write(seen),
    ])
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 'undone'))).toEqual([
      { tenant: 'ann', operator: 'off' },
      'undone',
      { tenant: ODD_TENANT, operator: 'off' },
      { tenant: '', operator: 'on' },
      { tenant: '', operator: 'off' },
    ])
  })

  it('is the agent’s own tenant where raw code of a single-tenant agent names none', async () => {
    await open('mine')
    expect(await database.write(seen)).toEqual({ tenant: 'mine', operator: 'off' })
    expect(await runInTenant('ann', () => database.write(seen))).toEqual({ tenant: 'ann', operator: 'off' })
    expect(await runAsPrincipal(IDLE_OPERATOR, () => database.write(seen))).toEqual({ tenant: '', operator: 'off' })
  })
})
