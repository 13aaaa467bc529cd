/** What became of the events: the sum that a run prints. */
export interface Tally {
  /** Handed to the network at least once. */
  sent: number
  /** The collector has them for good, or had them already. */
  accepted: number
  /** Taken by the collector and put aside as invalid. */
  invalid: number
  /** Taken and left out by a step of the collector's. */
  filtered: number
  /** Sent again with the same ids, because the answer was "later" or none. */
  retried: number
  /** Not taken: the collector refused the request as such. */
  refused: number
  /** Still waiting when the run ended. */
  unsent: number
  requests: number
  /** How long the traffic stood still because the collector took less than the rate, ms. */
  waited_ms: number
  /** Why the first refused events were refused. */
  firstRefusal: string | undefined
}

export function emptyTally(): Tally {
  return {
    sent: 0,
    accepted: 0,
    invalid: 0,
    filtered: 0,
    retried: 0,
    refused: 0,
    unsent: 0,
    requests: 0,
    waited_ms: 0,
    firstRefusal: undefined,
  }
}
