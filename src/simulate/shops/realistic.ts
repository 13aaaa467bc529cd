/**
 * A shop with people in it: they come, think, leave and come back days later; some events arrive
 * late, some twice, some orders are refunded. However many events are asked for, they are spread
 * over as many visits at once as that takes: whoever is due acts, and when nobody is, somebody new
 * comes in. So the caller sets the rate exactly, and every visit keeps its human pace.
 */
import { DueQueue } from '../due_queue.ts'
import { Random } from '../random.ts'
import type { Shop, SimulatedEvent } from '../traffic.ts'
import { Catalog } from './catalog.ts'
import { type Device, makeShopper, type Shopper } from './shoppers.ts'
import { CURRENCY, type Step, visitSteps } from './visit.ts'

/** A telephone without a net sends what it kept when it is back. */
const LATE_SHARE = 0.004
const LATE_MS: readonly [number, number] = [30_000, 20 * 60_000]
/** An acknowledgement that was lost: the same event comes again. */
const DUPLICATE_SHARE = 0.003
const DUPLICATE_MS: readonly [number, number] = [1_000, 90_000]
const REFUND_SHARE = 0.05
const LAUNCH_INTERVAL_MS = 10 * 60_000
/** Late events, copies and refunds waiting; beyond, events are neither late nor doubled. */
const HELD_MAX = 50_000
const DAY_MS = 86_400_000

export interface RealisticOptions {
  readonly seed: string | number
  /** When the shop opens, ms since 1970: the same people, another day, other events. */
  readonly start_ms: number
  /** How many people know the shop at a time; who leaves for good is followed by somebody new. */
  readonly users: number
  readonly products: number
  /** The share of the products that is on sale at the opening; the others are launched later. */
  readonly launchedShare?: number
}

interface Visiting {
  readonly shopper: Shopper
  readonly device: Device
  readonly session_id: string
  readonly steps: Generator<Step>
}

interface Made {
  readonly key: string
  readonly event: SimulatedEvent
}

export class RealisticShop implements Shop {
  readonly #options: RealisticOptions
  readonly #random: Random
  readonly #catalog: Catalog
  readonly #visiting = new DueQueue<Visiting>()
  /** People who will come back, by when. */
  readonly #away = new DueQueue<Shopper>()
  readonly #held = new DueQueue<Made>()
  #shoppersMade = 0
  #shoppersKnown = 0
  #launch_ms: number

  constructor(options: RealisticOptions) {
    this.#options = options
    this.#random = new Random(`${options.seed}/shop/${options.start_ms}`)
    const { seed, products, launchedShare } = options
    this.#catalog = new Catalog(new Random(`${seed}/catalog`), products, launchedShare)
    this.#launch_ms = options.start_ms + LAUNCH_INTERVAL_MS
  }

  /** What it sells; the same range for the same seed. */
  get catalog(): Catalog {
    return this.#catalog
  }

  next(now_ms: number): Made {
    if (now_ms >= this.#launch_ms) {
      this.#catalog.launch()
      this.#launch_ms = now_ms + LAUNCH_INTERVAL_MS
    }
    for (;;) {
      if (this.#held.due_ms <= now_ms) return this.#held.pop() as Made
      const made = this.#act(now_ms)
      if (made && !this.#delay(now_ms, made)) return made
    }
  }

  /** One step of a visit; undefined where the visit turned out to be over. */
  #act(now_ms: number): Made | undefined {
    // Everybody is here already: the next one due hurries.
    const visiting =
      (this.#visiting.due_ms > now_ms && this.#comeIn(now_ms)) || this.#visiting.pop()
    if (!visiting) return undefined
    const { value: step, done } = visiting.steps.next()
    if (done) {
      this.#leave(now_ms, visiting.shopper)
      return undefined
    }
    this.#visiting.push(now_ms + step.pause_ms, visiting)
    const made = this.#event(now_ms, visiting, step)
    if (step.event_type === 'purchase' && this.#random.chance(REFUND_SHARE)) {
      this.#refund(now_ms, made)
    }
    return made
  }

  #comeIn(now_ms: number): Visiting | undefined {
    const shopper = this.#nextShopper(now_ms)
    if (!shopper) return undefined
    const random = this.#random
    const { devices } = shopper
    const device = (random.chance(0.25) ? devices.at(-1) : devices[0]) as Device
    shopper.visits++
    const context = { random, catalog: this.#catalog, shopper, device }
    return { shopper, device, session_id: random.uuid(), steps: visitSteps(context) }
  }

  /** Whoever wanted to be back by now, else somebody new, else the first of those who are away. */
  #nextShopper(now_ms: number): Shopper | undefined {
    if (this.#away.due_ms <= now_ms) return this.#away.pop()
    if (this.#shoppersKnown < this.#options.users) {
      this.#shoppersKnown++
      return makeShopper(this.#options.seed, ++this.#shoppersMade, this.#catalog)
    }
    return this.#away.pop()
  }

  #leave(now_ms: number, shopper: Shopper): void {
    if (this.#random.chance(0.1)) shopper.loggedIn.clear()
    if (this.#random.chance(shopper.persona.leave)) {
      this.#shoppersKnown--
      return
    }
    const days = this.#random.lognormal(shopper.persona.return_days, 0.9)
    this.#away.push(now_ms + days * DAY_MS, shopper)
  }

  #event(now_ms: number, { shopper, device, session_id }: Visiting, step: Step): Made {
    const event = {
      event_id: this.#random.uuid(),
      event_type: step.event_type,
      timestamp: new Date(now_ms).toISOString(),
      anonymous_id: device.anonymous_id,
      ...(shopper.loggedIn.has(device) ? { user_id: shopper.user_id } : {}),
      session_id,
      ...step.fields,
      device_type: device.device_type,
    }
    return { key: device.anonymous_id, event }
  }

  /** Whether the event is held back; an ordinary one may be followed by its own copy. */
  #delay(now_ms: number, made: Made): boolean {
    const draw = this.#random.float()
    if (draw >= LATE_SHARE + DUPLICATE_SHARE || this.#held.size >= HELD_MAX) return false
    const late = draw < LATE_SHARE
    this.#held.push(now_ms + this.#random.integer(...(late ? LATE_MS : DUPLICATE_MS)), made)
    return late
  }

  /** Half of the refunds are orders cancelled at once, half are goods sent back days later. */
  #refund(now_ms: number, { key, event }: Made): void {
    if (this.#held.size >= HELD_MAX) return
    const random = this.#random
    const minutes = random.chance(0.5) ? random.integer(2, 30) : random.integer(2_000, 14_000)
    const refund_ms = now_ms + minutes * 60_000
    const whole = random.chance(0.7)
    const revenue = event.revenue as number
    const refund = {
      event_id: random.uuid(),
      event_type: 'refund',
      timestamp: new Date(refund_ms).toISOString(),
      anonymous_id: key,
      ...(event.user_id ? { user_id: event.user_id } : {}),
      order_id: event.order_id,
      revenue: whole ? revenue : Math.round(revenue * 50) / 100,
      currency: CURRENCY,
    }
    this.#held.push(refund_ms, { key, event: refund })
  }
}
