import { createECDH } from 'node:crypto'
import {
  Entity,
  PrimaryColumn,
  Table,
  type EntityManager,
  type MigrationInterface,
  type ObjectLiteral,
  type QueryRunner,
} from 'typeorm'
import type { PaymentKeyRequest, PaymentKeys, PaymentNetwork } from '../types/PaymentKeys.js'

/** Stands for the sealed half of a payment key. */
@Entity('test_payment_key')
export class TestPaymentKey implements ObjectLiteral {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  network!: PaymentNetwork
}

export class CreateTestPaymentKey implements MigrationInterface {
  readonly name = 'CreateTestPaymentKey1700000000000'

  async up(runner: QueryRunner): Promise<void> {
    const columns = ['tenantId', 'network'].map((name) => ({ name, type: 'varchar', isPrimary: true }))
    await runner.createTable(new Table({ name: 'test_payment_key', columns }))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('test_payment_key')
  }
}

/** Makes real public keys, and leaves a row a key, so that a test sees what was committed. */
export class RecordingPaymentKeys implements PaymentKeys {
  /** The network on which the next key fails, after its row was written. */
  failOn: PaymentNetwork | undefined

  async create(manager: EntityManager, key: PaymentKeyRequest): Promise<{ publicKeyHex: string }> {
    await manager.insert(TestPaymentKey, { ...key })
    if (key.network === this.failOn) throw new Error('no key to be had')
    return { publicKeyHex: createECDH('secp256k1').generateKeys('hex', 'compressed') }
  }
}
