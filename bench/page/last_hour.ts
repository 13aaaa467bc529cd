/**
 * Something in each minute of the last hour, orders too: a chart by the minute that begins empty
 * would still be filling while the heap is compared.
 */
const MINUTES = 60

export async function sendLastHour(url: string): Promise<void> {
  const now_ms = Date.now()
  const events = Array.from({ length: MINUTES }, (_, index) => {
    const minute = index + 1
    const user = { user_id: `hour-${minute}`, product_id: 'p1', category: 'shoes', price: 20 }
    const event_time = new Date(now_ms - minute * 60_000).toISOString()
    const purchase = { order_id: `hour-${minute}`, revenue: 20, currency: 'EUR' }
    return [
      { event_id: `hour-${minute}-view`, event_type: 'view', event_time, ...user },
      { event_id: `hour-${minute}-buy`, event_type: 'purchase', event_time, ...user, ...purchase },
    ]
  }).flat()
  const response = await fetch(new URL('/v1/events', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  })
  if (!response.ok) throw new Error(`the last hour was answered ${response.status}`)
}
