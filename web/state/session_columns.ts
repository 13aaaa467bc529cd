/** What sessions are told apart by: in filters, and in breakdowns. */

export const SESSION_COLUMNS = [
  ...(['channel', 'utm_source', 'utm_medium', 'utm_campaign', 'referrer'] as const),
  ...(['device_type', 'entry_page', 'exit_page', 'country', 'gender'] as const),
  ...(['customer_segment', 'age'] as const),
] as const
