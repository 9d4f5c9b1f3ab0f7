import type { MeterOverage } from '@veramo-studio/billing-manager'
import { formatCheq } from './format-cheq.js'
import type { Column } from './format-table.js'

/** What a unit beyond the limit costs; `-` where none is sold. */
export const overageColumns: readonly Column<{ overage: MeterOverage }>[] = [
  { title: 'BEYOND (NCHEQ)', value: ({ overage }) => overage.price?.amount ?? '-', align: 'right' },
  { title: '(CHEQ)', value: ({ overage: { price } }) => (price ? formatCheq(price.amount) : '-'), align: 'right' },
]
