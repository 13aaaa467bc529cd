/** What a funnel's answer is made of; `answer_schema.ts` says the same to machines. */

export interface FunnelTimes {
  readonly count: number
  readonly mean_s: number | null
  readonly p25_s: number | null
  readonly median_s: number | null
  readonly p75_s: number | null
  readonly p90_s: number | null
  readonly histogram: readonly { from_s: number; to_s: number | null; count: number }[]
}

export interface FunnelStepAnswer {
  readonly step: number
  readonly event_type: string
  readonly filter: string | null
  readonly optional: boolean
  readonly count: number
  /** Of the required step before; of the units that reached it for an optional one. */
  readonly rate_from_previous: number | null
  readonly rate_from_first: number | null
  /** Units that came no further; for an optional step those that went by without it. */
  readonly dropped: number
  /** Units with such an event anywhere, whatever came before it. */
  readonly with_step: number
  readonly people: string
  readonly people_dropped: string
}

export interface FunnelPart {
  readonly value: string | null
  readonly is_other: boolean
  readonly steps: readonly FunnelStepAnswer[]
  readonly conversion_rate: number | null
}

export interface FunnelDrop {
  readonly from: string
  readonly to: string
  readonly lost: number
  readonly rate: number | null
  readonly people: string
}

export interface FunnelAnswer {
  readonly name: string | null
  readonly definition: string
  readonly scope: string
  readonly order: string
  readonly within_s: number | null
  readonly exclude: readonly string[]
  readonly from: string | null
  readonly to: string | null
  /** Sessions or persons in the range, whether they have a first step or not. */
  readonly units: number
  /** Units of which only the first 200 events of a session were looked at. */
  readonly units_truncated: number
  readonly steps: readonly FunnelStepAnswer[]
  readonly conversion_rate: number | null
  readonly biggest_drop: FunnelDrop | null
  readonly time_to_convert: {
    readonly first_to_last: FunnelTimes
    readonly steps: readonly (FunnelTimes & { readonly step: number })[]
  } | null
  readonly breakdown: {
    readonly by: string
    readonly values: readonly FunnelPart[]
    /** How many values `other` stands for. */
    readonly other_values: number
  } | null
  readonly trend: {
    readonly interval: string
    readonly truncated: boolean
    readonly rows: readonly (FunnelPart & { readonly start: string })[]
  }
}
