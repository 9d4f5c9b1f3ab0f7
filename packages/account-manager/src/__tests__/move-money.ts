import type { LedgerLeg } from '@veramo-studio/ledger'
import type { PaymentNetwork } from '../index.js'
import type { OpenedAccountManager } from './open-account-manager.js'

/** What others do with the same ledger: deposits that are seen on a chain, and charges for calls. */
export class MoneyMover {
  private count = 0

  constructor(
    private readonly opened: OpenedAccountManager,
    private readonly tenantId: string,
  ) {}

  async deposit(amount: bigint, network: PaymentNetwork = 'mainnet'): Promise<void> {
    const legs = [{ from: 'outside:chain', to: `deposit:${network}`, asset: `${network}:ncheq`, amount }]
    await this.post(legs, {})
  }

  async post(legs: LedgerLeg[], metadata: Record<string, unknown>): Promise<string> {
    const transferId = this.nextId()
    const { database, ledger } = this.opened
    const result = await database.write(
      (manager) => ledger.post(manager, { tenantId: this.tenantId, transferId, legs, metadata }),
      { acrossTenants: true },
    )
    if (result.outcome !== 'posted') throw new Error(result.outcome)
    return transferId
  }

  /** Sets aside a unit of a meter, and the money that it costs by source, as for a call. */
  async hold(money: { credit?: bigint; deposit?: bigint }, network: PaymentNetwork = 'mainnet'): Promise<string> {
    const transferId = this.nextId()
    const unit = { from: 'outside:overage', to: 'used:did.create:2025', asset: 'unit:did.create', amount: 1n }
    const paid = Object.entries(money).map(([source, amount]) => ({
      ...{ from: `${source}:${network}`, to: 'revenue', asset: `${network}:ncheq`, amount },
    }))
    const { database, ledger } = this.opened
    const result = await database.write(
      (manager) =>
        ledger.hold(manager, {
          ...{ tenantId: this.tenantId, transferId, legs: [unit, ...paid] },
          metadata: { method: 'didManagerCreate', meter: 'did.create' },
        }),
      { acrossTenants: true },
    )
    if (result.outcome !== 'held') throw new Error(result.outcome)
    return transferId
  }

  async settle(transferId: string, amounts?: bigint[]): Promise<void> {
    const { database, ledger } = this.opened
    const reference = { tenantId: this.tenantId, transferId }
    await database.write((manager) => ledger.settle(manager, { ...reference, ...(amounts && { amounts }) }), {
      acrossTenants: true,
    })
  }

  async void(transferId: string): Promise<void> {
    const { database, ledger } = this.opened
    await database.write((manager) => ledger.void(manager, { tenantId: this.tenantId, transferId }), {
      acrossTenants: true,
    })
  }

  private nextId(): string {
    return `transfer-${(this.count += 1)}`
  }
}
