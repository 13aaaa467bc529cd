/** The tables that come with Clickpath, in the order people meet them. A new one adds one line. */
import type { Settings } from '../../std/settings.ts'
import type { Table } from '../table.ts'
import { categoryCounts } from './category_counts.ts'
import { categoryPrices } from './category_prices.ts'
import { customerInteractions } from './customer_interactions.ts'
import { eventWindows5m, eventWindows10m } from './event_windows.ts'
import { funnel15m } from './funnel_15m.ts'
import { hourlyPivot } from './hourly_pivot.ts'
import { productConversion } from './product_conversion.ts'
import { productInterest } from './product_interest.ts'
import { productSales } from './product_sales.ts'
import { revenue1h } from './revenue_1h.ts'
import { sessionsTable } from './sessions.ts'

export const shippedTables = ({
  session_gap_ms,
}: Pick<Settings, 'session_gap_ms'>): readonly Table[] => [
  eventWindows5m,
  eventWindows10m,
  hourlyPivot,
  funnel15m,
  categoryCounts,
  productConversion,
  productInterest,
  categoryPrices,
  productSales,
  revenue1h,
  sessionsTable(session_gap_ms),
  customerInteractions,
]
