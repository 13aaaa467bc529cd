/**
 * What the tables' columns are, so that rows can be compared: which name a row, which are exact and
 * which have a tolerance. Written by hand like the tables; nothing is derived from the model.
 */

/**
 * text, flag   equal, or both null            time         the same microsecond
 * whole        equal integers                 money        equal ten-thousandths
 * double       within 1e-9 of each other      correlation  within 1e-9, absolutely
 * estimate     within 5 % or 2 of the truth   list         equal elements in order; null is empty
 */
export type ColumnKind =
  | 'text'
  | 'flag'
  | 'time'
  | 'whole'
  | 'money'
  | 'double'
  | 'correlation'
  | 'estimate'
  | 'list'

export interface TableColumns {
  /** The columns that name a row; `all` where rows have no name and are compared as a bag. */
  readonly identity: readonly string[] | 'all'
  readonly columns: Readonly<Record<string, ColumnKind>>
}

const EVENT_WINDOWS: TableColumns = {
  identity: ['window_start', 'category', 'event_type'],
  columns: {
    window_start: 'time',
    category: 'text',
    event_type: 'text',
    events: 'whole',
    visitors: 'whole',
    visitors_approximate: 'estimate',
    value: 'money',
    price_sum: 'money',
    price_avg: 'double',
    price_min: 'money',
    price_max: 'money',
    price_stddev: 'double',
    price_variance: 'double',
    price_p25: 'double',
    price_p50: 'double',
    price_p75: 'double',
    price_p95: 'double',
    price_quantity_corr: 'correlation',
    first_product: 'text',
    last_product: 'text',
    brands: 'list',
    brands_truncated: 'flag',
    products: 'list',
    products_truncated: 'flag',
  },
}

const ORDER_COLUMNS = {
  order_id: 'text',
  order_time: 'time',
  visitor_id: 'text',
  user_id: 'text',
  session_id: 'text',
  currency: 'text',
} as const

export const COLUMNS = {
  event_windows_5m: EVENT_WINDOWS,
  event_windows_10m: EVENT_WINDOWS,
  hourly_pivot: {
    identity: ['window_start', 'category'],
    columns: {
      window_start: 'time',
      category: 'text',
      view_events: 'whole',
      view_value: 'money',
      cart_events: 'whole',
      cart_value: 'money',
      remove_from_cart_events: 'whole',
      remove_from_cart_value: 'money',
      purchase_events: 'whole',
      purchase_value: 'money',
    },
  },
  funnel_15m: {
    identity: ['window_start', 'category'],
    columns: {
      window_start: 'time',
      category: 'text',
      view_sessions: 'whole',
      cart_sessions: 'whole',
      purchase_sessions: 'whole',
      view_to_cart: 'double',
      cart_to_purchase: 'double',
      view_to_purchase: 'double',
    },
  },
  category_counts: {
    identity: ['window_start', 'category', 'event_type'],
    columns: {
      window_start: 'time',
      category: 'text',
      event_type: 'text',
      events: 'whole',
      value: 'money',
    },
  },
  product_conversion: {
    identity: ['window_start', 'product_id'],
    columns: {
      window_start: 'time',
      product_id: 'text',
      views: 'whole',
      carts: 'whole',
      purchases: 'whole',
      purchase_value: 'money',
      view_to_cart: 'double',
      cart_to_purchase: 'double',
      view_to_purchase: 'double',
    },
  },
  product_interest: {
    identity: ['window_start', 'product_id'],
    columns: {
      window_start: 'time',
      product_id: 'text',
      views: 'whole',
      purchases: 'whole',
      view_share: 'double',
      conversion: 'double',
      high_interest_low_conversion: 'flag',
    },
  },
  category_prices: {
    identity: ['window_start', 'category'],
    columns: {
      window_start: 'time',
      category: 'text',
      prices: 'whole',
      price_avg: 'double',
      price_min: 'money',
      price_max: 'money',
      market_price_avg: 'double',
      price_to_market: 'double',
    },
  },
  product_sales: {
    identity: ['window_start', 'product_id', 'currency'],
    columns: {
      window_start: 'time',
      product_id: 'text',
      currency: 'text',
      sales: 'whole',
      units: 'whole',
      revenue: 'money',
    },
  },
  revenue_1h: {
    identity: ['window_start', 'currency'],
    columns: {
      window_start: 'time',
      currency: 'text',
      orders: 'whole',
      buyers: 'whole',
      gross_revenue: 'money',
      refunds: 'whole',
      refunded: 'money',
      revenue: 'money',
      order_value_avg: 'double',
    },
  },
  sessions: {
    identity: ['window_start', 'visitor_id', 'session_id'],
    columns: {
      window_start: 'time',
      visitor_id: 'text',
      session_id: 'text',
      user_id: 'text',
      begun: 'time',
      ended: 'time',
      events: 'whole',
      page_views: 'whole',
      searches: 'whole',
      views: 'whole',
      carts: 'whole',
      removes_from_cart: 'whole',
      wishlists: 'whole',
      checkouts: 'whole',
      purchases: 'whole',
      purchase_value: 'money',
      price_avg: 'double',
      entry_page: 'text',
      exit_page: 'text',
      referrer: 'text',
      channel: 'text',
      utm_source: 'text',
      utm_medium: 'text',
      utm_campaign: 'text',
      device_type: 'text',
      step_types: 'list',
      step_times: 'list',
      step_products: 'list',
      step_categories: 'list',
      step_pages: 'list',
      step_prices: 'list',
      duration_s: 'double',
      products: 'whole',
      converted: 'flag',
      bounced: 'flag',
      session_quality: 'double',
      steps_truncated: 'flag',
    },
  },
  items: {
    identity: 'all',
    columns: {
      event_id: 'text',
      event_type: 'text',
      event_time: 'time',
      source: 'text',
      visitor_id: 'text',
      user_id: 'text',
      session_id: 'text',
      order_id: 'text',
      currency: 'text',
      line_id: 'text',
      product_id: 'text',
      product_name: 'text',
      category: 'text',
      brand: 'text',
      price: 'money',
      quantity: 'whole',
      value: 'money',
    },
  },
  orders: {
    identity: ['order_id'],
    columns: {
      ...ORDER_COLUMNS,
      event_id: 'text',
      source: 'text',
      copies: 'whole',
      lines: 'whole',
      lines_value: 'money',
      adjustment: 'money',
      gross_revenue: 'money',
      refunded: 'money',
      revenue: 'money',
      cancelled: 'flag',
    },
  },
  order_movements: {
    identity: 'all',
    columns: { ...ORDER_COLUMNS, event_time: 'time', movement: 'text', amount: 'money' },
  },
  order_lines: {
    identity: 'all',
    columns: {
      ...ORDER_COLUMNS,
      event_time: 'time',
      movement: 'text',
      product_id: 'text',
      category: 'text',
      brand: 'text',
      price: 'money',
      units: 'whole',
      amount: 'money',
    },
  },
} as const satisfies Record<string, TableColumns>

/** The ten tables, and the streams that stand between events and tables. */
export type OracleTable = keyof typeof COLUMNS
