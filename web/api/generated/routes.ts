// Made from the routes by `npm run docs`; change them there.

/** One row of a table: the entry under /api/tables says what its columns are. */
export type Row = Readonly<Record<string, unknown>>

/** Every route by method and path: what it takes and what it answers. */
export interface Routes {
  /** Every table and stream, with its columns. */
  'GET /api/tables': {
    readonly asked: {}
    readonly answer: {
      readonly tables: readonly ({
        /** the name to ask for */
        readonly name: string
        /** table or stream */
        readonly kind: string
        /** the question it answers, or what a row is */
        readonly answers: string
        /** the window that a row speaks of */
        readonly window: Row | null
        /** how long after its window a row may still change */
        readonly lateness_ms: number | null
        /** the column that `from` and `to` speak of */
        readonly time: string | null
        /** the columns that name a row */
        readonly identity: readonly (string)[]
        readonly columns: readonly ({
          /** the column */
          readonly name: string
          /** as people read it */
          readonly title: string
          /** of its numbers: money, share (of 1), ratio, seconds, milliseconds, days, weeks or bytes */
          readonly unit: string | null
          /** text, integer, wide, decimal, double, boolean, timestamp, json or list */
          readonly type: string
          /** window, key, joined, measure, row or column */
          readonly role: string
          /** what it means */
          readonly about: string
          /** `exact`, or by how much the number may be wrong */
          readonly exact: string
        })[]
      })[]
    }
  }
  /** Rows of one table or stream, the newest first. */
  'GET /api/tables/{name}': {
    readonly asked: {
      readonly name: string
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly limit?: number | undefined
      readonly order?: string | undefined
      readonly unpivot?: boolean | undefined
      readonly format?: "json" | "csv" | undefined
      readonly [column: string]: string | number | boolean | readonly string[] | undefined
    }
    readonly answer: {
      /** the name */
      readonly table: string
      readonly rows: readonly (Row)[]
      /** whether there are more rows than `limit` */
      readonly truncated: boolean
    }
  }
  /** Which values a column of sessions or of their steps has, the most frequent first. */
  'GET /api/values/{column}': {
    readonly asked: {
      readonly column: string
      readonly search?: string | undefined
      readonly limit?: number | undefined
    }
    readonly answer: {
      readonly values: readonly ({
        /** as questions take it */
        readonly value: string
        /** steps with it for columns of steps, else sessions */
        readonly count: number
      })[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** What changed in a table since a cursor; all of it anew where that is not known. */
  'GET /api/changes/{table}': {
    readonly asked: {
      readonly table: string
      readonly cursor?: string | undefined
      readonly limit?: number | undefined
    }
    readonly answer: {
      /** the name */
      readonly table: string
      readonly kind: "changes" | "snapshot"
      /** for kind changes: in any order; a row may come twice */
      readonly changes?: readonly ({
        readonly op: "upsert" | "delete"
        /** one row, a member per column */
        readonly row: Row
      })[]
      /** for kind snapshot: the newest rows; forget all others */
      readonly rows?: readonly (Row)[]
      /** for kind snapshot: whether rows were left out */
      readonly truncated?: boolean
      /** what to ask with next */
      readonly cursor: string
    }
  }
  /** Server-sent events of changed rows: snapshot, upsert, delete. Last-Event-ID resumes. */
  'GET /api/live': {
    readonly asked: {
      readonly tables?: string | undefined
      readonly limit?: number | undefined
    }
    readonly answer: string
  }
  /** What the shop does now: visitors, purchases, revenue, conversion. */
  'GET /api/figures': {
    readonly asked: {}
    readonly answer: {
      /** the latest event; all else is told as of then */
      readonly as_of: string | null
      readonly records_per_second: number
      readonly visitors_5m: number
      readonly visitors_1h: number
      readonly buyers_1h: number
      /** buyers per visitor of the last hour */
      readonly conversion_1h: number | null
      readonly before: {
        /** events of the hour before the last one */
        readonly events: number
        /** its visitors */
        readonly visitors: number
        /** those of them who bought */
        readonly buyers: number
      }
      /** the currency that earned most today first */
      readonly revenue: readonly ({
        /** amounts of several are never added up */
        readonly currency: string | null
        /** net of refunds, at their own time */
        readonly today: number | string
        /** net of refunds, at their own time */
        readonly last_hour: number | string
        /** net of refunds, at their own time */
        readonly hour_before: number | string
        /** orders since midnight, by the time zone of the shop */
        readonly orders_today: number
        /** orders of the last hour */
        readonly orders_1h: number
        /** orders of the hour before it */
        readonly orders_hour_before: number
      })[]
      /** the last hour by minute */
      readonly minutes: readonly ({
        /** when it begins */
        readonly minute: string
        /** events */
        readonly events: number
        /** visitors with one */
        readonly visitors: number
        /** purchase events */
        readonly purchases: number
        /** visitors with one */
        readonly buyers: number
      })[]
      /** the last hour by minute and currency */
      readonly order_minutes: readonly ({
        /** when it begins */
        readonly minute: string
        readonly currency: string | null
        /** orders placed */
        readonly orders: number
        /** net of refunds, at their own time */
        readonly revenue: number | string
      })[]
    }
  }
  /** What became of every record, per source and hour of arrival, and whether it balances. */
  'GET /api/ledger': {
    readonly asked: {
      readonly limit?: number | undefined
    }
    readonly answer: {
      /** received = stored + duplicate + invalid + filtered + erased + lost_to_damage + pending */
      readonly balanced: boolean
      readonly totals: {
        /** records that the log took */
        readonly received: number
        /** of these, stored */
        readonly stored: number
        /** of these, duplicate */
        readonly duplicate: number
        /** of these, invalid */
        readonly invalid: number
        /** of these, filtered */
        readonly filtered: number
        /** of these, erased */
        readonly erased: number
        /** of these, lost_to_damage */
        readonly lost_to_damage: number
        /** of the stored, how many came late; they count all the same */
        readonly late: number
        /** in the log and not yet in the tables */
        readonly pending: number
      }
      /** records in the log, by its own positions */
      readonly log_records: number
      readonly rows: readonly ({
        /** whose events */
        readonly source: string
        /** of arrival */
        readonly hour: string
        /** records that the log took */
        readonly received: number
        /** of these, stored */
        readonly stored: number
        /** of these, duplicate */
        readonly duplicate: number
        /** of these, invalid */
        readonly invalid: number
        /** of these, filtered */
        readonly filtered: number
        /** of these, erased */
        readonly erased: number
        /** of these, lost_to_damage */
        readonly lost_to_damage: number
        /** of the stored, how many came late; they count all the same */
        readonly late: number
        /** received = stored + duplicate + invalid + filtered + erased + lost_to_damage + pending */
        readonly balanced: boolean
      })[]
      readonly truncated: boolean
      /** requests refused whole since the collector's start, by code; null when it cannot be asked */
      readonly refused_requests: Readonly<Record<string, number>> | null
    }
  }
  /** The records behind a cell of the ledger, the newest first. */
  'GET /api/ledger/records': {
    readonly asked: {
      readonly source?: string | undefined
      readonly hour?: string | undefined
      readonly outcome?: "stored" | "invalid" | "filtered" | "erased" | undefined
    }
    readonly answer: {
      /** at most 200 */
      readonly rows: readonly (Row)[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** Invalid events by reason, the newest first, with samples and what to do. */
  'GET /api/invalid': {
    readonly asked: {}
    readonly answer: {
      readonly reasons: readonly ({
        /** the reason, one word */
        readonly reason: string
        /** what is wrong and how to mend it */
        readonly sentence: string
        /** events */
        readonly count: number
        /** when the newest came */
        readonly last_received_at: string
        /** the newest, at most 5 */
        readonly samples: readonly ({
          /** whose */
          readonly source: string | null
          /** when it came */
          readonly received_at: string
          readonly event_id: string | null
          /** what exactly is wrong */
          readonly detail: string | null
          /** what was sent */
          readonly raw: string | null
          /** whether more was sent */
          readonly raw_truncated: boolean
        })[]
      })[]
    }
  }
  /** Lag, watermark, lanes, ledger, sizes, refusals, restarts, versions. */
  'GET /api/status': {
    readonly asked: {}
    readonly answer: {
      /** what needs an eye */
      readonly concerns: readonly ({
        /** note or problem */
        readonly level: string
        /** what is so, and what to do */
        readonly said: string
      })[]
      readonly uses: {
        /** duckdb, or the Spark server that computes the batches */
        readonly engine: string
        /** files, or the address of the topic */
        readonly log: string
      }
      readonly engine: {
        /** opening, rebuilding, running or failed */
        readonly state: string
        /** the last committed batch */
        readonly batch: number
        /** events after it may still be on time */
        readonly watermark: string | null
        /** records durable and not yet in the tables */
        readonly pending: number
        /** how long the last batch took */
        readonly batch_ms: number
        /** half of all batches took no longer, roughly */
        readonly batch_p50_ms: number | null
        readonly batch_p99_ms: number | null
        /** age of the last batch when it was visible */
        readonly visible_after_ms: number
        /** what stands in the way now */
        readonly last_error: string | null
        /** the last batch that failed */
        readonly last_failure: {
          /** when */
          readonly at: string
          /** what happened */
          readonly message: string
        } | null
        /** batches that failed since the start */
        readonly failures: number
      }
      readonly lanes: readonly ({
        /** one writer of the log */
        readonly lane: string
        /** the first record still kept in it */
        readonly first_position: number
        /** records that survive a power cut */
        readonly durable_position: number
        /** of these, in the tables */
        readonly offset: number
        /** the difference */
        readonly pending: number
        /** how long the oldest pending record has waited */
        readonly waiting_s: number
        /** records lost to damage and given up */
        readonly lost: number
        /** on disk */
        readonly bytes: number
        /** files */
        readonly segments: number
      })[]
      /** null while the store is opened or built */
      readonly ledger: {
        readonly totals: {
          /** records that the log took */
          readonly received: number
          /** of these, stored */
          readonly stored: number
          /** of these, duplicate */
          readonly duplicate: number
          /** of these, invalid */
          readonly invalid: number
          /** of these, filtered */
          readonly filtered: number
          /** of these, erased */
          readonly erased: number
          /** of these, lost_to_damage */
          readonly lost_to_damage: number
          /** of the stored, how many came late; they count all the same */
          readonly late: number
          /** in the log and not yet in the tables */
          readonly pending: number
        }
        /** received = stored + duplicate + invalid + filtered + erased + lost_to_damage + pending */
        readonly balanced: boolean
        /** records in the log, by its own positions */
        readonly log_records: number
        /** the largest */
        readonly sources: readonly ({
          /** whose events */
          readonly source: string
          /** records that the log took */
          readonly received: number
          /** of these, stored */
          readonly stored: number
          /** of these, duplicate */
          readonly duplicate: number
          /** of these, invalid */
          readonly invalid: number
          /** of these, filtered */
          readonly filtered: number
          /** of these, erased */
          readonly erased: number
          /** of these, lost_to_damage */
          readonly lost_to_damage: number
          /** of the stored, how many came late; they count all the same */
          readonly late: number
          /** of this hour and the one before */
          readonly recent: {
            /** records that the log took */
            readonly received: number
            /** of these, stored */
            readonly stored: number
            /** of these, duplicate */
            readonly duplicate: number
            /** of these, invalid */
            readonly invalid: number
            /** of these, filtered */
            readonly filtered: number
            /** of these, erased */
            readonly erased: number
            /** of these, lost_to_damage */
            readonly lost_to_damage: number
            /** of the stored, how many came late; they count all the same */
            readonly late: number
          }
        })[]
      } | null
      readonly sizes: {
        /** of all lanes */
        readonly log_bytes: number
        /** of all lanes */
        readonly log_segments: number
        /** of the archive */
        readonly archive_files: number
        /** of these */
        readonly archive_bytes: number
        /** of the database file */
        readonly database_bytes: number
        /** what it has not yet folded in */
        readonly wal_bytes: number
        /** what did not fit into memory */
        readonly spill_bytes: number
        /** a database that a new one took the place of */
        readonly set_aside_bytes: number
        /** of events that Spark keeps */
        readonly silver_files: number
        /** of these */
        readonly silver_bytes: number
        /** left for the data folder */
        readonly disk_free_bytes: number
      }
      /** under it, events are answered 503 */
      readonly disk_reserve_bytes: number
      /** by role */
      readonly restarts: Readonly<Record<string, {
        /** since the start of the supervisor */
        readonly count: number
        readonly last_at: string | null
        readonly last_reason: string | null
      }>>
      /** by code; null when the collector cannot be asked */
      readonly refused_requests: Readonly<Record<string, number>> | null
      readonly readers: {
        /** queries being answered */
        readonly busy: number
        /** queries that wait */
        readonly waiting: number
        /** how many may be answered at once */
        readonly most: number
      }
      /** readers of the live stream */
      readonly live_subscribers: number
      readonly process: {
        /** memory of this process */
        readonly resident_bytes: number
        /** files and connections */
        readonly open_files: number | null
      }
      readonly versions: {
        /** this program */
        readonly clickpath: string
        readonly duckdb: string | null
        /** null where it computes nothing, or has not answered yet */
        readonly spark: string | null
        /** the runtime */
        readonly node: string
      }
      /** when this process began to serve */
      readonly started_at: string
      /** seconds since then */
      readonly uptime_s: number
    }
  }
  /** Where and with which key events are sent to this shop. */
  'GET /api/setup': {
    readonly asked: {}
    readonly answer: {
      /** where events are posted to */
      readonly collect_path: string
      /** where the script for pages is */
      readonly tag_path: string
      /** those of browsers, which every visitor of the shop can read; they let nobody read */
      readonly write_keys: readonly ({
        /** the key */
        readonly key: string
        /** whose events it sends */
        readonly source: string
      })[]
      /** the data folder on the machine of the server */
      readonly data: string
      /** of the shop, in which its days begin */
      readonly time_zone: string
      /** of the shop */
      readonly currency: string
    }
  }
  /** Runs one SELECT over the tables of /api/tables. */
  'POST /api/query': {
    readonly asked: {}
    readonly body: {
      /** one SELECT; `?` stands for a parameter */
      readonly sql: string
      readonly params?: readonly (string | number | boolean | null)[]
      readonly format?: "json" | "csv"
    }
    readonly answer: {
      /** the columns of the rows, in order */
      readonly columns: readonly ({
        /** the column */
        readonly name: string
        /** as in /api/tables */
        readonly type: string
      })[]
      readonly rows: readonly (Row)[]
      /** whether rows beyond query_rows_max were cut */
      readonly truncated: boolean
    }
  }
  /** The functions that a query may call, for an editor to offer. */
  'GET /api/query/functions': {
    readonly asked: {}
    readonly answer: {
      /** alphabetically, without operators */
      readonly functions: readonly (string)[]
    }
  }
  /** Waits until everything that is durable now is in the tables. */
  'POST /api/flush': {
    readonly asked: {
      readonly wait_ms?: number | undefined
    }
    readonly answer: {
      readonly visible: "visible" | "late"
      /** records that came since, or are still waited for */
      readonly pending: number
      /** the last committed batch */
      readonly batch: number
    }
  }
  /** Builds the whole database anew from the log; answers when it is done. */
  'POST /api/rebuild': {
    readonly asked: {}
    readonly answer: {
      /** the table, or `everything` */
      readonly rebuilt: string
    }
  }
  /** Computes one table's states anew from the stored events; answers when it is done. */
  'POST /api/rebuild/{table}': {
    readonly asked: {
      readonly table: string
    }
    readonly answer: {
      /** the table, or `everything` */
      readonly rebuilt: string
    }
  }
  /** Moves old segments and events to the archive; answers when it is done. */
  'POST /api/archive': {
    readonly asked: {
      readonly before?: string | undefined
      readonly mode?: "move" | "plan" | undefined
    }
    readonly answer: {
      readonly log: {
        /** segments of the log, or files (planned: days) of events */
        readonly files: number
        /** records or events in them */
        readonly records: number
        /** of the files in the archive; null where nothing was moved */
        readonly bytes: number | null
      }
      readonly events: {
        /** segments of the log, or files (planned: days) of events */
        readonly files: number
        /** records or events in them */
        readonly records: number
        /** of the files in the archive; null where nothing was moved */
        readonly bytes: number | null
      }
      /** what stayed where it is, though it was due */
      readonly failures: readonly (string)[]
    }
  }
  /** Links a visitor to a person, or with null to nobody; answers when it is in the tables. */
  'POST /api/identity': {
    readonly asked: {}
    readonly body: {
      /** the visitor */
      readonly visitor_id: string
      /** the person; null undoes the link */
      readonly person_id: string | null
    }
    readonly answer: {
      /** the visitor */
      readonly visitor_id: string
      readonly outcome: "linked" | "unlinked" | "unchanged"
      /** whom the visitor was linked to before */
      readonly before: string | null
      /** whom the visitor is linked to now */
      readonly person_id: string | null
      readonly visible: "visible" | "late"
    }
  }
  /** What erasing people would remove; changes nothing. */
  'POST /api/erase/preview': {
    readonly asked: {}
    readonly body: {
      /** user ids, visitors or persons; all visitors linked to them are meant */
      readonly ids: readonly (string)[]
    }
    readonly answer: {
      /** every identifier of these people */
      readonly identifiers: readonly (string)[]
      /** devices that others have used too: they stay */
      readonly shared: readonly (string)[]
      /** visitors */
      readonly visitors: number
      /** events in the tables */
      readonly events: number
      /** orders */
      readonly orders: number
      /** records of the log, by kind */
      readonly records: Row
      /** segments of the log, and files of its archive, that hold some of them */
      readonly segments: number
      /** of these records, roughly */
      readonly bytes: number
    }
  }
  /** Erases people, for good: answers when the request is durable; `/api/erasures` tells the rest. */
  'POST /api/erase': {
    readonly asked: {}
    readonly body: {
      /** user ids, visitors or persons; all visitors linked to them are meant */
      readonly ids: readonly (string)[]
    }
    readonly answer: {
      /** the erasure */
      readonly erasure: string
      /** every identifier of these people */
      readonly identifiers: readonly (string)[]
      /** devices that others have used too: they stay */
      readonly shared: readonly (string)[]
    }
  }
  /** The receipts of all erasures, the latest first; they name nobody. */
  'GET /api/erasures': {
    readonly asked: {}
    readonly answer: {
      readonly erasures: readonly ({
        /** the erasure */
        readonly erasure: string
        /** what happened until then is erased */
        readonly requested_at: string
        /** null while it is not done */
        readonly completed_at: string | null
        readonly hashes: readonly (string)[]
      })[]
    }
  }
  /** The receipt of one erasure: what was removed, and where. */
  'GET /api/erasures/{erasure}': {
    readonly asked: {
      readonly erasure: string
    }
    readonly answer: {
      /** the erasure */
      readonly erasure: string
      /** what happened until then is erased */
      readonly requested_at: string
      /** null while it is not done */
      readonly completed_at: string | null
      readonly hashes: readonly (string)[]
    }
  }
  /** Looks for ids in every file of the data folder and every table of the database. */
  'POST /api/erasures/search': {
    readonly asked: {}
    readonly body: {
      /** user ids, visitors or persons; all visitors linked to them are meant */
      readonly ids: readonly (string)[]
    }
    readonly answer: {
      /** how often any of them was found */
      readonly found: number
      /** files that were looked through */
      readonly files: number
      /** bytes of these files */
      readonly bytes: number
      /** tables of the database that were looked through */
      readonly tables: number
      readonly places: readonly ({
        /** a file of the folder, or a table */
        readonly where: string
        readonly how: "bytes" | "values"
        /** how often */
        readonly found: number
      })[]
    }
  }
  /** Whether the process answers at all. */
  'GET /healthz': {
    readonly asked: {}
    readonly answer: {
      /** ok */
      readonly status: string
    }
  }
  /** Whether queries are answered: 200, or 503 while the store is opened or rebuilt. */
  'GET /readyz': {
    readonly asked: {}
    readonly answer: {
      /** the state of the engine */
      readonly status: string
    }
  }
  /** Numbers for Prometheus, of all processes. */
  'GET /metrics': {
    readonly asked: {}
    readonly answer: string
  }
  /** Which channels and campaigns brought the revenue, under which model? */
  'GET /api/attribution': {
    readonly asked: {
      readonly by?: "channel" | "utm_source" | "utm_medium" | "utm_campaign" | "referrer" | "entry_page" | "device_type" | undefined
      readonly model?: "all" | "first" | "last" | "linear" | "position" | "time_decay" | undefined
      readonly lookback?: string | undefined
      readonly half_life?: string | undefined
      readonly direct?: "keep" | "ignore" | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly format?: "json" | "csv" | undefined
    }
    readonly answer: {
      readonly by: string
      readonly models: readonly (string)[]
      readonly lookback: string
      readonly half_life: string
      readonly direct: string
      readonly from: string | null
      readonly to: string | null
      readonly definition: string
      readonly orders: number
      readonly orders_attributed: number
      readonly tracking_coverage: number | null
      readonly currencies: readonly ({
        readonly currency: string | null
        readonly orders: number
        readonly orders_converted: number
        readonly orders_without_revenue: number
        readonly revenue: number | string
        readonly attributed: number | string
        readonly unattributed: number | string
        readonly rows: readonly ({
          readonly row: string
          readonly value: string | null
          readonly orders: number
          readonly people: string
          readonly models: Readonly<Record<string, {
            readonly revenue: number | string
            readonly share: number | null
            readonly people: string
          }>>
        })[]
      })[]
    }
  }
  /** The people behind one cell: Which channels and campaigns brought the revenue, under which model? */
  'GET /api/attribution/people': {
    readonly asked: {
      readonly by?: "channel" | "utm_source" | "utm_medium" | "utm_campaign" | "referrer" | "entry_page" | "device_type" | undefined
      readonly model?: "all" | "first" | "last" | "linear" | "position" | "time_decay" | undefined
      readonly lookback?: string | undefined
      readonly half_life?: string | undefined
      readonly direct?: "keep" | "ignore" | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly row?: "value" | "none" | "unattributed" | undefined
      readonly value?: string | undefined
      readonly in_currency?: string | undefined
    }
    readonly answer: {
      /** at most 1000: person_id, visitor_id and what else names them */
      readonly people: readonly (Row)[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** The SQL that answers: Which channels and campaigns brought the revenue, under which model? */
  'GET /api/attribution/explain': {
    readonly asked: {
      readonly by?: "channel" | "utm_source" | "utm_medium" | "utm_campaign" | "referrer" | "entry_page" | "device_type" | undefined
      readonly model?: "all" | "first" | "last" | "linear" | "position" | "time_decay" | undefined
      readonly lookback?: string | undefined
      readonly half_life?: string | undefined
      readonly direct?: "keep" | "ignore" | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly where?: readonly (string)[] | undefined
    }
    readonly answer: {
      readonly statements: readonly ({
        /** one statement; `?` stands for a parameter */
        readonly sql: string
        readonly params: readonly (unknown)[]
      })[]
    }
  }
  /** What does each category cost against the whole market, and what does it sell? */
  'GET /api/categories': {
    readonly asked: {
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly currency?: string | undefined
      readonly limit?: number | undefined
      readonly format?: "json" | "csv" | undefined
    }
    readonly answer: {
      /** what is counted, in words */
      readonly definition: string
      /** the first moment */
      readonly from: string | null
      /** the moment before which it stops */
      readonly to: string | null
      /** of all revenue in the answer */
      readonly currency: string | null
      /** that earned in the range, the one that earned most first; empty without rows */
      readonly currencies: readonly (string | null)[]
      readonly market: {
        /** different products */
        readonly products: number | null
        /** how often its products were seen */
        readonly views: number | null
        /** how often they were put into carts */
        readonly carts: number | null
        /** purchase lines */
        readonly purchases: number | null
        /** purchases per view */
        readonly view_to_purchase: number | null
        /** product lines that told a price */
        readonly prices: number | null
        /** their mean */
        readonly price_avg: number | null
        /** the smallest price */
        readonly price_min: number | string | null
        /** the largest price */
        readonly price_max: number | string | null
        /** units sold by orders, refunded ones taken off */
        readonly units: number | null
        /** what order lines brought in the currency, refunds taken off */
        readonly revenue: number | string | null
      }
      readonly categories: readonly ({
        /** null: lines without a category */
        readonly category: string | null
        /** different products */
        readonly products: number | null
        /** how often its products were seen */
        readonly views: number | null
        /** how often they were put into carts */
        readonly carts: number | null
        /** purchase lines */
        readonly purchases: number | null
        /** purchases per view */
        readonly view_to_purchase: number | null
        /** product lines that told a price */
        readonly prices: number | null
        /** their mean */
        readonly price_avg: number | null
        /** the smallest price */
        readonly price_min: number | string | null
        /** the largest price */
        readonly price_max: number | string | null
        /** units sold by orders, refunded ones taken off */
        readonly units: number | null
        /** what order lines brought in the currency, refunds taken off */
        readonly revenue: number | string | null
        /** mean price by that of the market */
        readonly price_to_market: number | null
        /** the path of the API with the people behind it */
        readonly people_viewed: string
        /** the path of the API with the people behind it */
        readonly people_carted: string
        /** the path of the API with the people behind it */
        readonly people_bought: string
        /** the path of the API with the people behind it */
        readonly people_left: string
      })[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** The people behind one cell: What does each category cost against the whole market, and what does it sell? */
  'GET /api/categories/people': {
    readonly asked: {
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly currency?: string | undefined
      readonly limit?: number | undefined
      readonly category?: string | undefined
      readonly act?: "viewed" | "carted" | "bought" | "left" | undefined
    }
    readonly answer: {
      /** at most 1000: person_id, visitor_id and what else names them */
      readonly people: readonly (Row)[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** The SQL that answers: What does each category cost against the whole market, and what does it sell? */
  'GET /api/categories/explain': {
    readonly asked: {
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly currency?: string | undefined
      readonly limit?: number | undefined
    }
    readonly answer: {
      readonly statements: readonly ({
        /** one statement; `?` stands for a parameter */
        readonly sql: string
        readonly params: readonly (unknown)[]
      })[]
    }
  }
  /** What did this one customer do, session by session and order by order? */
  'GET /api/customer': {
    readonly asked: {
      readonly person?: string | undefined
      readonly as_of?: string | undefined
      readonly limit?: number | undefined
      readonly after?: string | undefined
      readonly format?: "json" | "csv" | undefined
    }
    readonly answer: {
      /** the moment */
      readonly as_of: string
      /** what is counted, in words */
      readonly definition: string
      readonly profiles: readonly (Row)[]
      readonly persons: readonly (Row)[]
      readonly visitors: readonly (Row)[]
      /** whether there are more visitors */
      readonly visitors_truncated?: boolean
      readonly timeline: readonly (Row)[]
      /** give it as `after` for the following page */
      readonly next: string | null
    }
  }
  /** The people behind one cell: What did this one customer do, session by session and order by order? */
  'GET /api/customer/people': {
    readonly asked: {
      readonly person?: string | undefined
      readonly as_of?: string | undefined
      readonly limit?: number | undefined
      readonly after?: string | undefined
    }
    readonly answer: {
      /** at most 1000: person_id, visitor_id and what else names them */
      readonly people: readonly (Row)[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** The SQL that answers: What did this one customer do, session by session and order by order? */
  'GET /api/customer/explain': {
    readonly asked: {
      readonly person?: string | undefined
      readonly as_of?: string | undefined
      readonly limit?: number | undefined
      readonly after?: string | undefined
    }
    readonly answer: {
      readonly statements: readonly ({
        /** one statement; `?` stands for a parameter */
        readonly sql: string
        readonly params: readonly (unknown)[]
      })[]
    }
  }
  /** Which groups of customers are there by how they behave, and what are they worth? */
  'GET /api/customer_groups': {
    readonly asked: {
      readonly as_of?: string | undefined
      readonly lapsed_days?: number | undefined
      readonly where?: readonly (string)[] | undefined
      readonly seen_since?: string | undefined
      readonly by?: "first_channel" | "preferred_device" | "preferred_category_viewed" | "preferred_category_bought" | "currency" | undefined
      readonly format?: "json" | "csv" | undefined
    }
    readonly answer: {
      /** the moment */
      readonly as_of: string
      /** what is counted, in words */
      readonly definition: string
      /** of all groups */
      readonly customers: number
      /** those of them who placed an order */
      readonly buyers: number
      /** in the order of the rules */
      readonly groups: readonly ({
        /** its name */
        readonly group: string
        /** who they are, in words */
        readonly about: string
        /** how many */
        readonly customers: number
        /** of all customers */
        readonly share: number | null
        /** orders that they placed */
        readonly orders: number
        /** sessions that they began */
        readonly sessions: number
        /** days since they were seen, the median */
        readonly days_since_last_seen: number | null
        /** what they are worth, the greatest first */
        readonly money: readonly ({
          /** amounts of several are never added up */
          readonly currency: string | null
          /** what their orders brought */
          readonly revenue: number | string
        })[]
        /** the group by the column that is asked by; empty without one */
        readonly parts: readonly ({
          /** of the column that is asked by */
          readonly value: string | null
          /** all values that are not named */
          readonly is_other: boolean
          /** how many */
          readonly customers: number
        })[]
        /** the path of the API with its people */
        readonly people: string
      })[]
    }
  }
  /** The people behind one cell: Which groups of customers are there by how they behave, and what are they worth? */
  'GET /api/customer_groups/people': {
    readonly asked: {
      readonly as_of?: string | undefined
      readonly lapsed_days?: number | undefined
      readonly where?: readonly (string)[] | undefined
      readonly seen_since?: string | undefined
      readonly by?: "first_channel" | "preferred_device" | "preferred_category_viewed" | "preferred_category_bought" | "currency" | undefined
      readonly group?: readonly (string)[] | undefined
    }
    readonly answer: {
      /** at most 1000: person_id, visitor_id and what else names them */
      readonly people: readonly (Row)[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** The SQL that answers: Which groups of customers are there by how they behave, and what are they worth? */
  'GET /api/customer_groups/explain': {
    readonly asked: {
      readonly as_of?: string | undefined
      readonly lapsed_days?: number | undefined
      readonly where?: readonly (string)[] | undefined
      readonly seen_since?: string | undefined
      readonly by?: "first_channel" | "preferred_device" | "preferred_category_viewed" | "preferred_category_bought" | "currency" | undefined
    }
    readonly answer: {
      readonly statements: readonly ({
        /** one statement; `?` stands for a parameter */
        readonly sql: string
        readonly params: readonly (unknown)[]
      })[]
    }
  }
  /** Who are the customers: how recent, how often, how much, and with which habits? */
  'GET /api/customers': {
    readonly asked: {
      readonly as_of?: string | undefined
      readonly search?: string | undefined
      readonly who?: "everybody" | "buyers" | undefined
      readonly group?: readonly (string)[] | undefined
      readonly lapsed_days?: number | undefined
      readonly where?: readonly (string)[] | undefined
      readonly seen_since?: string | undefined
      readonly order?: string | undefined
      readonly columns?: readonly (string)[] | undefined
      readonly limit?: number | undefined
      readonly offset?: number | undefined
      readonly format?: "json" | "csv" | undefined
    }
    readonly answer: {
      /** the moment */
      readonly as_of: string
      /** what is counted, in words */
      readonly definition: string
      readonly customers: readonly (Row)[]
      /** whether there are more after these */
      readonly truncated: boolean
    }
  }
  /** The people behind one cell: Who are the customers: how recent, how often, how much, and with which habits? */
  'GET /api/customers/people': {
    readonly asked: {
      readonly as_of?: string | undefined
      readonly search?: string | undefined
      readonly who?: "everybody" | "buyers" | undefined
      readonly group?: readonly (string)[] | undefined
      readonly lapsed_days?: number | undefined
      readonly where?: readonly (string)[] | undefined
      readonly seen_since?: string | undefined
      readonly order?: string | undefined
      readonly columns?: readonly (string)[] | undefined
      readonly limit?: number | undefined
      readonly offset?: number | undefined
      readonly person?: string | undefined
    }
    readonly answer: {
      /** at most 1000: person_id, visitor_id and what else names them */
      readonly people: readonly (Row)[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** The SQL that answers: Who are the customers: how recent, how often, how much, and with which habits? */
  'GET /api/customers/explain': {
    readonly asked: {
      readonly as_of?: string | undefined
      readonly search?: string | undefined
      readonly who?: "everybody" | "buyers" | undefined
      readonly group?: readonly (string)[] | undefined
      readonly lapsed_days?: number | undefined
      readonly where?: readonly (string)[] | undefined
      readonly seen_since?: string | undefined
      readonly order?: string | undefined
      readonly columns?: readonly (string)[] | undefined
      readonly limit?: number | undefined
      readonly offset?: number | undefined
    }
    readonly answer: {
      readonly statements: readonly ({
        /** one statement; `?` stands for a parameter */
        readonly sql: string
        readonly params: readonly (unknown)[]
      })[]
    }
  }
  /** Where do people leave on their way through these steps? */
  'GET /api/funnel': {
    readonly asked: {
      readonly steps?: readonly (string)[] | undefined
      readonly name?: string | undefined
      readonly scope?: "session" | "person" | undefined
      readonly order?: "loose" | "strict" | "any" | undefined
      readonly optional?: readonly (string)[] | undefined
      readonly exclude?: readonly (string)[] | undefined
      readonly within?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly by?: string | undefined
      readonly top?: number | undefined
      readonly interval?: "15m" | "hour" | "day" | "week" | "month" | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly format?: "json" | "csv" | undefined
    }
    readonly answer: {
      /** of the declared funnel, if it is one */
      readonly name: string | null
      /** what is counted, in words */
      readonly definition: string
      readonly scope: string
      readonly order: string
      /** null where nothing could be reached */
      readonly within_s: number | null
      readonly exclude: readonly (string)[]
      readonly from: string | null
      readonly to: string | null
      /** sessions or persons in the range */
      readonly units: number
      /** units with a session of which only the first 200 events were looked at */
      readonly units_truncated: number
      readonly steps: readonly ({
        /** from 1 */
        readonly step: number
        /** `any` where it may be of every type */
        readonly event_type: string
        readonly filter: string | null
        readonly optional: boolean
        /** units that reached the step */
        readonly count: number
        /** null where nothing could be reached */
        readonly rate_from_previous: number | null
        /** null where nothing could be reached */
        readonly rate_from_first: number | null
        /** units that came no further; for an optional step, those that went by without it */
        readonly dropped: number
        /** units with such an event anywhere */
        readonly with_step: number
        /** a path of this API: the people behind the number */
        readonly people: string
        /** a path of this API: the people behind the number */
        readonly people_dropped: string
      })[]
      /** null where nothing could be reached */
      readonly conversion_rate: number | null
      readonly biggest_drop: {
        readonly from: string
        readonly to: string
        readonly lost: number
        /** null where nothing could be reached */
        readonly rate: number | null
        /** a path of this API: the people behind the number */
        readonly people: string
      } | null
      readonly time_to_convert: {
        readonly first_to_last: {
          readonly count: number
          /** null where nothing could be reached */
          readonly mean_s: number | null
          /** null where nothing could be reached */
          readonly p25_s: number | null
          /** null where nothing could be reached */
          readonly median_s: number | null
          /** null where nothing could be reached */
          readonly p75_s: number | null
          /** null where nothing could be reached */
          readonly p90_s: number | null
          readonly histogram: readonly ({
            readonly from_s: number
            /** null where nothing could be reached */
            readonly to_s: number | null
            readonly count: number
          })[]
        }
        readonly steps: readonly ({
          readonly step: number
          readonly count: number
          /** null where nothing could be reached */
          readonly mean_s: number | null
          /** null where nothing could be reached */
          readonly p25_s: number | null
          /** null where nothing could be reached */
          readonly median_s: number | null
          /** null where nothing could be reached */
          readonly p75_s: number | null
          /** null where nothing could be reached */
          readonly p90_s: number | null
          readonly histogram: readonly ({
            readonly from_s: number
            /** null where nothing could be reached */
            readonly to_s: number | null
            readonly count: number
          })[]
        })[]
      } | null
      readonly breakdown: {
        readonly by: string
        readonly values: readonly ({
          readonly value: string | null
          /** all values that are not named */
          readonly is_other: boolean
          readonly steps: readonly ({
            /** from 1 */
            readonly step: number
            /** `any` where it may be of every type */
            readonly event_type: string
            readonly filter: string | null
            readonly optional: boolean
            /** units that reached the step */
            readonly count: number
            /** null where nothing could be reached */
            readonly rate_from_previous: number | null
            /** null where nothing could be reached */
            readonly rate_from_first: number | null
            /** units that came no further; for an optional step, those that went by without it */
            readonly dropped: number
            /** units with such an event anywhere */
            readonly with_step: number
            /** a path of this API: the people behind the number */
            readonly people: string
            /** a path of this API: the people behind the number */
            readonly people_dropped: string
          })[]
          /** null where nothing could be reached */
          readonly conversion_rate: number | null
        })[]
        readonly other_values: number
      } | null
      readonly trend: {
        readonly interval: string
        /** whether the oldest intervals were left out */
        readonly truncated: boolean
        readonly rows: readonly ({
          readonly start: string
          readonly value: string | null
          /** all values that are not named */
          readonly is_other: boolean
          readonly steps: readonly ({
            /** from 1 */
            readonly step: number
            /** `any` where it may be of every type */
            readonly event_type: string
            readonly filter: string | null
            readonly optional: boolean
            /** units that reached the step */
            readonly count: number
            /** null where nothing could be reached */
            readonly rate_from_previous: number | null
            /** null where nothing could be reached */
            readonly rate_from_first: number | null
            /** units that came no further; for an optional step, those that went by without it */
            readonly dropped: number
            /** units with such an event anywhere */
            readonly with_step: number
            /** a path of this API: the people behind the number */
            readonly people: string
            /** a path of this API: the people behind the number */
            readonly people_dropped: string
          })[]
          /** null where nothing could be reached */
          readonly conversion_rate: number | null
        })[]
      }
    }
  }
  /** The people behind one cell: Where do people leave on their way through these steps? */
  'GET /api/funnel/people': {
    readonly asked: {
      readonly steps?: readonly (string)[] | undefined
      readonly name?: string | undefined
      readonly scope?: "session" | "person" | undefined
      readonly order?: "loose" | "strict" | "any" | undefined
      readonly optional?: readonly (string)[] | undefined
      readonly exclude?: readonly (string)[] | undefined
      readonly within?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly by?: string | undefined
      readonly top?: number | undefined
      readonly interval?: "15m" | "hour" | "day" | "week" | "month" | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly step?: number | undefined
      readonly outcome?: "reached" | "dropped" | undefined
      readonly group?: "all" | "value" | "none" | "other" | undefined
      readonly value?: string | undefined
      readonly start?: string | undefined
    }
    readonly answer: {
      /** at most 1000: person_id, visitor_id and what else names them */
      readonly people: readonly (Row)[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** The SQL that answers: Where do people leave on their way through these steps? */
  'GET /api/funnel/explain': {
    readonly asked: {
      readonly steps?: readonly (string)[] | undefined
      readonly name?: string | undefined
      readonly scope?: "session" | "person" | undefined
      readonly order?: "loose" | "strict" | "any" | undefined
      readonly optional?: readonly (string)[] | undefined
      readonly exclude?: readonly (string)[] | undefined
      readonly within?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly by?: string | undefined
      readonly top?: number | undefined
      readonly interval?: "15m" | "hour" | "day" | "week" | "month" | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
    }
    readonly answer: {
      readonly statements: readonly ({
        /** one statement; `?` stands for a parameter */
        readonly sql: string
        readonly params: readonly (unknown)[]
      })[]
    }
  }
  /** Which event follows which, how often, and after how long? */
  'GET /api/journey_metrics': {
    readonly asked: {
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly format?: "json" | "csv" | undefined
    }
    readonly answer: {
      /** what is counted, in words */
      readonly definition: string
      /** sessions in the answer */
      readonly sessions: number
      /** those of whose steps only the first 200 are known */
      readonly truncated_sessions: number
      readonly transitions: readonly ({
        /** the event type, or (entered) */
        readonly from_event: string
        /** the event type that follows, (left) or (more) */
        readonly to_event: string
        /** how often the one follows the other */
        readonly transitions: number
        /** in how many sessions */
        readonly sessions: number
        /** of all that follows the event */
        readonly share_of_from: number | null
        /** seconds between them, on average */
        readonly seconds_mean: number | null
        /** half of them take longer, in seconds */
        readonly seconds_median: number | null
        /** the path of the API with the people behind it */
        readonly people: string
      })[]
    }
  }
  /** The people behind one cell: Which event follows which, how often, and after how long? */
  'GET /api/journey_metrics/people': {
    readonly asked: {
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly from_event?: string | undefined
      readonly to_event?: string | undefined
    }
    readonly answer: {
      /** at most 1000: person_id, visitor_id and what else names them */
      readonly people: readonly (Row)[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** The SQL that answers: Which event follows which, how often, and after how long? */
  'GET /api/journey_metrics/explain': {
    readonly asked: {
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly where?: readonly (string)[] | undefined
    }
    readonly answer: {
      readonly statements: readonly ({
        /** one statement; `?` stands for a parameter */
        readonly sql: string
        readonly params: readonly (unknown)[]
      })[]
    }
  }
  /** Which whole journeys are the most frequent, and which of them end in a purchase? */
  'GET /api/journeys': {
    readonly asked: {
      readonly by?: "event_type" | "page" | "category" | "product" | undefined
      readonly start?: string | undefined
      readonly end?: string | undefined
      readonly depth?: number | undefined
      readonly repeats?: "collapse" | "keep" | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly outcome?: "all" | "converted" | "left" | undefined
      readonly limit?: number | undefined
      readonly format?: "json" | "csv" | undefined
    }
    readonly answer: {
      /** what is counted, in words */
      readonly definition: string
      /** what steps are told apart by */
      readonly by?: string
      readonly direction?: "whole" | "after" | "before" | "between"
      readonly outcome?: "all" | "converted" | "left"
      readonly repeats?: "collapse" | "keep"
      /** how many steps make a journey */
      readonly depth?: number
      /** sessions */
      readonly sessions: number
      /** those of them with a purchase */
      readonly converted_sessions?: number
      /** those of them with a purchase, as a share */
      readonly conversion_rate?: number | null
      /** those of whose steps only the first 200 are known */
      readonly truncated_sessions?: number
      /** how many different journeys there are */
      readonly journeys_total: number
      readonly journeys: readonly ({
        /** the steps in order */
        readonly nodes: readonly (string)[]
        /** whether there are more steps than `depth` */
        readonly goes_on: boolean
        /** of all sessions in the answer */
        readonly share: number | null
        /** sessions */
        readonly sessions: number
        /** those of them with a purchase */
        readonly converted_sessions: number
        /** those of them with a purchase, as a share */
        readonly conversion_rate: number | null
        /** half of the sessions are longer, in seconds */
        readonly duration_s_median: number | null
        /** the path of the API with the people behind it */
        readonly people: string
      })[]
      readonly other: {
        /** how many different journeys are not told of */
        readonly journeys: number
        /** their sessions */
        readonly sessions: number
        /** of all sessions in the answer */
        readonly share: number | null
      }
    }
  }
  /** The people behind one cell: Which whole journeys are the most frequent, and which of them end in a purchase? */
  'GET /api/journeys/people': {
    readonly asked: {
      readonly by?: "event_type" | "page" | "category" | "product" | undefined
      readonly start?: string | undefined
      readonly end?: string | undefined
      readonly depth?: number | undefined
      readonly repeats?: "collapse" | "keep" | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly outcome?: "all" | "converted" | "left" | undefined
      readonly limit?: number | undefined
      readonly journey?: string | undefined
      readonly goes_on?: "yes" | "no" | undefined
    }
    readonly answer: {
      /** at most 1000: person_id, visitor_id and what else names them */
      readonly people: readonly (Row)[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** The SQL that answers: Which whole journeys are the most frequent, and which of them end in a purchase? */
  'GET /api/journeys/explain': {
    readonly asked: {
      readonly by?: "event_type" | "page" | "category" | "product" | undefined
      readonly start?: string | undefined
      readonly end?: string | undefined
      readonly depth?: number | undefined
      readonly repeats?: "collapse" | "keep" | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly outcome?: "all" | "converted" | "left" | undefined
      readonly limit?: number | undefined
    }
    readonly answer: {
      readonly statements: readonly ({
        /** one statement; `?` stands for a parameter */
        readonly sql: string
        readonly params: readonly (unknown)[]
      })[]
    }
  }
  /** Which way do people go, step by step: after, before or between chosen events? */
  'GET /api/paths': {
    readonly asked: {
      readonly by?: "event_type" | "page" | "category" | "product" | undefined
      readonly start?: string | undefined
      readonly end?: string | undefined
      readonly depth?: number | undefined
      readonly repeats?: "collapse" | "keep" | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly top?: number | undefined
      readonly format?: "json" | "csv" | undefined
    }
    readonly answer: {
      /** what is counted, in words */
      readonly definition: string
      /** what steps are told apart by */
      readonly by?: string
      readonly direction?: "whole" | "after" | "before" | "between"
      /** the step asked for */
      readonly start?: string | null
      /** the step asked for */
      readonly end?: string | null
      readonly repeats?: "collapse" | "keep"
      /** how many columns */
      readonly depth?: number
      /** how many nodes of a column have a name */
      readonly top?: number
      /** sessions in the time and with the columns asked for */
      readonly sessions_in_range?: number
      /** those of them with start and end */
      readonly sessions: number
      /** those of them of whose steps only the first 200 are known */
      readonly truncated_sessions: number
      readonly positions: readonly ({
        /** the column, from 1 */
        readonly position: number
        /** the column added up: equal to `sessions` */
        readonly total: number
        /** sessions at a node with a name */
        readonly steps: number
        /** sessions at any other node */
        readonly other: number
        /** sessions that left before, have not entered yet, or have reached the end */
        readonly outside: number
      })[]
      readonly nodes: readonly ({
        /** the position, a colon, the node */
        readonly id: string
        /** the column, from 1 */
        readonly position: number
        readonly kind: "step" | "other" | "left" | "entered" | "reached"
        /** the step; null but for kind step */
        readonly node: string | null
        /** sessions there */
        readonly sessions: number
        /** of all sessions in the answer */
        readonly share: number | null
        /** the path of the API with the people behind it */
        readonly people: string
      })[]
      readonly links: readonly ({
        /** the id of a node */
        readonly source: string
        /** the id of a node of the next column */
        readonly target: string
        /** the column of the source */
        readonly position: number
        /** sessions that go from the one to the other */
        readonly sessions: number
        /** of all sessions in the answer */
        readonly share: number | null
        /** of the source's sessions */
        readonly share_of_source: number | null
        /** the path of the API with the people behind it */
        readonly people: string
      })[]
    }
  }
  /** The people behind one cell: Which way do people go, step by step: after, before or between chosen events? */
  'GET /api/paths/people': {
    readonly asked: {
      readonly by?: "event_type" | "page" | "category" | "product" | undefined
      readonly start?: string | undefined
      readonly end?: string | undefined
      readonly depth?: number | undefined
      readonly repeats?: "collapse" | "keep" | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly top?: number | undefined
      readonly position?: number | undefined
      readonly node?: string | undefined
      readonly next?: string | undefined
    }
    readonly answer: {
      /** at most 1000: person_id, visitor_id and what else names them */
      readonly people: readonly (Row)[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** The SQL that answers: Which way do people go, step by step: after, before or between chosen events? */
  'GET /api/paths/explain': {
    readonly asked: {
      readonly by?: "event_type" | "page" | "category" | "product" | undefined
      readonly start?: string | undefined
      readonly end?: string | undefined
      readonly depth?: number | undefined
      readonly repeats?: "collapse" | "keep" | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly top?: number | undefined
    }
    readonly answer: {
      readonly statements: readonly ({
        /** one statement; `?` stands for a parameter */
        readonly sql: string
        readonly params: readonly (unknown)[]
      })[]
    }
  }
  /** Which products sell, which struggle, and which do many see and few buy? */
  'GET /api/products': {
    readonly asked: {
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly only?: "all" | "selling" | "struggling" | "high_interest" | undefined
      readonly category?: readonly (string)[] | undefined
      readonly brand?: readonly (string)[] | undefined
      readonly search?: string | undefined
      readonly currency?: string | undefined
      readonly order?: string | undefined
      readonly limit?: number | undefined
      readonly offset?: number | undefined
      readonly format?: "json" | "csv" | undefined
    }
    readonly answer: {
      /** what is counted, in words */
      readonly definition: string
      /** the first moment */
      readonly from: string | null
      /** the moment before which it stops */
      readonly to: string | null
      /** the equally long time before; null where the range has no two ends */
      readonly before: {
        /** its first moment */
        readonly from: string
        /** where it stops */
        readonly to: string
      } | null
      /** of all revenue in the answer */
      readonly currency: string | null
      /** that earned in the range, the one that earned most first; empty without rows */
      readonly currencies: readonly (string | null)[]
      /** the share of views of high interest */
      readonly interest_share_min: number
      /** purchases per view below it */
      readonly interest_conversion_max: number
      readonly products: readonly ({
        /** the product */
        readonly product_id: string
        /** its name */
        readonly product_name: string | null
        /** its category: that of its latest event */
        readonly category: string | null
        /** its brand */
        readonly brand: string | null
        /** how often it was seen */
        readonly views: number
        /** how often it was put into a cart */
        readonly carts: number
        /** purchase events with it */
        readonly purchases: number
        /** carts per view */
        readonly view_to_cart: number | null
        /** purchases per cart */
        readonly cart_to_purchase: number | null
        /** purchases per view */
        readonly view_to_purchase: number | null
        /** its share of the views of all products */
        readonly view_share: number | null
        /** units sold by orders, refunded ones taken off */
        readonly units: number
        /** what its order lines brought in the currency, refunds taken off */
        readonly revenue: number | string
        /** views in the time before */
        readonly views_before: number | null
        /** units in the time before */
        readonly units_before: number | null
        /** revenue in the time before */
        readonly revenue_before: number | string | null
        /** units less those of the time before */
        readonly units_change: number | null
        /** revenue less that of the time before */
        readonly revenue_change: number | string | null
        /** many see it and few buy it, by the settings interest_... */
        readonly high_interest_low_conversion: boolean
        /** units in stock, where the shop told */
        readonly stock: number | null
        /** the path of the API with the people behind it */
        readonly people_viewed: string
        /** the path of the API with the people behind it */
        readonly people_carted: string
        /** the path of the API with the people behind it */
        readonly people_bought: string
        /** the path of the API with the people behind it */
        readonly people_left: string
      })[]
      /** whether there are more after these */
      readonly truncated: boolean
    }
  }
  /** The people behind one cell: Which products sell, which struggle, and which do many see and few buy? */
  'GET /api/products/people': {
    readonly asked: {
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly only?: "all" | "selling" | "struggling" | "high_interest" | undefined
      readonly category?: readonly (string)[] | undefined
      readonly brand?: readonly (string)[] | undefined
      readonly search?: string | undefined
      readonly currency?: string | undefined
      readonly order?: string | undefined
      readonly limit?: number | undefined
      readonly offset?: number | undefined
      readonly product?: string | undefined
      readonly act?: "viewed" | "carted" | "bought" | "left" | undefined
    }
    readonly answer: {
      /** at most 1000: person_id, visitor_id and what else names them */
      readonly people: readonly (Row)[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** The SQL that answers: Which products sell, which struggle, and which do many see and few buy? */
  'GET /api/products/explain': {
    readonly asked: {
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly only?: "all" | "selling" | "struggling" | "high_interest" | undefined
      readonly category?: readonly (string)[] | undefined
      readonly brand?: readonly (string)[] | undefined
      readonly search?: string | undefined
      readonly currency?: string | undefined
      readonly order?: string | undefined
      readonly limit?: number | undefined
      readonly offset?: number | undefined
    }
    readonly answer: {
      readonly statements: readonly ({
        /** one statement; `?` stands for a parameter */
        readonly sql: string
        readonly params: readonly (unknown)[]
      })[]
    }
  }
  /** Do they come back, and how many of each cohort after how long? */
  'GET /api/retention': {
    readonly asked: {
      readonly cohort?: string | undefined
      readonly return?: string | undefined
      readonly period?: "day" | "week" | "month" | undefined
      readonly kind?: "bounded" | "rolling" | undefined
      readonly periods?: number | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly as_of?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly format?: "json" | "csv" | undefined
    }
    readonly answer: {
      readonly cohort: string
      readonly return: string
      readonly period: string
      readonly kind: string
      readonly time_zone: string
      readonly as_of: string
      readonly definition: string
      readonly cohorts: readonly ({
        readonly cohort: string
        readonly persons: number
        readonly incomplete: boolean
        readonly repeaters: number
        readonly repeat_rate: number | null
        readonly people: string
        readonly cells: readonly ({
          readonly period: number
          readonly persons: number
          readonly rate: number | null
          readonly incomplete: boolean
          readonly people: string
        })[]
      })[]
      readonly curve: readonly ({
        readonly period: number
        readonly persons: number
        readonly of: number
        readonly rate: number | null
      })[]
      readonly active: readonly ({
        readonly start: string
        readonly persons: number
        readonly new: number
        readonly returning: number
        readonly not_yet: number
        readonly incomplete: boolean
        readonly people: string
      })[]
      readonly persons: number
      readonly repeaters: number
      readonly repeat_rate: number | null
      readonly persons_not_shown: number
      readonly acts_without_person: number
    }
  }
  /** The people behind one cell: Do they come back, and how many of each cohort after how long? */
  'GET /api/retention/people': {
    readonly asked: {
      readonly cohort?: string | undefined
      readonly return?: string | undefined
      readonly period?: "day" | "week" | "month" | undefined
      readonly kind?: "bounded" | "rolling" | undefined
      readonly periods?: number | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly as_of?: string | undefined
      readonly where?: readonly (string)[] | undefined
      readonly cohort_start?: string | undefined
      readonly period_number?: number | undefined
      readonly active_in?: string | undefined
      readonly group?: "new" | "returning" | "not_yet" | "repeaters" | undefined
    }
    readonly answer: {
      /** at most 1000: person_id, visitor_id and what else names them */
      readonly people: readonly (Row)[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** The SQL that answers: Do they come back, and how many of each cohort after how long? */
  'GET /api/retention/explain': {
    readonly asked: {
      readonly cohort?: string | undefined
      readonly return?: string | undefined
      readonly period?: "day" | "week" | "month" | undefined
      readonly kind?: "bounded" | "rolling" | undefined
      readonly periods?: number | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly as_of?: string | undefined
      readonly where?: readonly (string)[] | undefined
    }
    readonly answer: {
      readonly statements: readonly ({
        /** one statement; `?` stands for a parameter */
        readonly sql: string
        readonly params: readonly (unknown)[]
      })[]
    }
  }
  /** How do sales go over time, and when do they peak? */
  'GET /api/sales': {
    readonly asked: {
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly interval?: "15m" | "hour" | "day" | "week" | "month" | undefined
      readonly product?: readonly (string)[] | undefined
      readonly category?: readonly (string)[] | undefined
      readonly brand?: readonly (string)[] | undefined
      readonly currency?: string | undefined
      readonly format?: "json" | "csv" | undefined
    }
    readonly answer: {
      /** what is counted, in words */
      readonly definition: string
      /** the first moment */
      readonly from: string | null
      /** the moment before which it stops */
      readonly to: string | null
      /** what a row is */
      readonly interval: string
      /** of all revenue in the answer */
      readonly currency: string | null
      /** that earned in the range, the one that earned most first; empty without rows */
      readonly currencies: readonly (string | null)[]
      readonly total: {
        /** how often products were seen */
        readonly views: number
        /** lines sold */
        readonly sales: number
        /** units sold, refunded ones taken off */
        readonly units: number
        /** what they brought, refunds taken off */
        readonly revenue: number | string
      }
      /** what earned most */
      readonly peak: {
        /** when the interval begins */
        readonly start: string
        /** how often products were seen */
        readonly views: number
        /** lines sold */
        readonly sales: number
        /** units sold, refunded ones taken off */
        readonly units: number
        /** what they brought, refunds taken off */
        readonly revenue: number | string
        /** the path of the API with its buyers */
        readonly people: string
      } | null
      readonly rows: readonly ({
        /** when the interval begins */
        readonly start: string
        /** how often products were seen */
        readonly views: number
        /** lines sold */
        readonly sales: number
        /** units sold, refunded ones taken off */
        readonly units: number
        /** what they brought, refunds taken off */
        readonly revenue: number | string
        /** the path of the API with its buyers */
        readonly people: string
      })[]
      /** whether the oldest were left out */
      readonly truncated: boolean
    }
  }
  /** The people behind one cell: How do sales go over time, and when do they peak? */
  'GET /api/sales/people': {
    readonly asked: {
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly interval?: "15m" | "hour" | "day" | "week" | "month" | undefined
      readonly product?: readonly (string)[] | undefined
      readonly category?: readonly (string)[] | undefined
      readonly brand?: readonly (string)[] | undefined
      readonly currency?: string | undefined
      readonly start?: string | undefined
    }
    readonly answer: {
      /** at most 1000: person_id, visitor_id and what else names them */
      readonly people: readonly (Row)[]
      /** whether there are more */
      readonly truncated: boolean
    }
  }
  /** The SQL that answers: How do sales go over time, and when do they peak? */
  'GET /api/sales/explain': {
    readonly asked: {
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly interval?: "15m" | "hour" | "day" | "week" | "month" | undefined
      readonly product?: readonly (string)[] | undefined
      readonly category?: readonly (string)[] | undefined
      readonly brand?: readonly (string)[] | undefined
      readonly currency?: string | undefined
    }
    readonly answer: {
      readonly statements: readonly ({
        /** one statement; `?` stands for a parameter */
        readonly sql: string
        readonly params: readonly (unknown)[]
      })[]
    }
  }
  /** This API as an OpenAPI document. */
  'GET /api/openapi.json': {
    readonly asked: {}
    readonly answer: Row
  }
}
