/**
 * The functions that a query may call: those that compute from their arguments alone, row by row or
 * over rows. All others are refused, named or not: what reaches files, settings, the environment or
 * the catalogue; what sleeps; and what computes for long within one value, where a query cannot be
 * interrupted (`repeat`, `lpad`, lambdas over lists, edit distances); and what ends the process on
 * JSON that is nested deep (`json_structure`, `json_contains`).
 */

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

const OPERATORS = words(`
  + - * / // % ** ^ & | << >> ~ || && @ @> <@ ^@ !~~ !~~* ~~ ~~* ~~~ ->> ! !__postfix
  like_escape not_like_escape ilike_escape not_ilike_escape add subtract multiply divide mod xor`)

const NUMBERS = words(`
  abs acos acosh asin asinh atan atan2 atanh bit_count cbrt ceil ceiling cos cosh cot degrees even
  exp factorial fdiv floor fmod gamma gcd greatest greatest_common_divisor isfinite isinf isnan lcm
  least least_common_multiple lgamma ln log log10 log2 nextafter pi pow power radians random round
  round_even roundbankers sign signbit sin sinh sqrt tan tanh trunc equi_width_bins`)

const TEXTS = words(`
  ascii bin char_length character_length chr concat concat_ws contains ends_with format_bytes
  formatreadabledecimalsize formatreadablesize hex instr lcase left left_grapheme len length
  length_grapheme lower ltrim nfc_normalize ord position prefix regexp_escape regexp_extract
  regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array
  regexp_split_to_table replace reverse right right_grapheme rtrim split split_part starts_with
  str_split str_split_regex string_split string_split_regex string_to_array strip_accents strlen
  strpos substr substring substring_grapheme suffix to_base to_base64 to_binary to_hex translate
  trim ucase unbin unhex unicode upper url_decode url_encode base64 from_base64 from_hex encode
  decode bit_length octet_length array_to_string md5 md5_number md5_number_lower sha1 sha256 hash
  parse_filename parse_path`)

const TIMES = words(`
  age century current_date current_time current_timestamp date_add date_diff date_part date_sub
  date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear
  days_in_month decade epoch epoch_ms epoch_ns epoch_us era get_current_time
  get_current_timestamp hour isodow isoyear julian last_day make_date make_time make_timestamp
  make_timestamp_ms make_timestamptz microsecond millennium millisecond minute month monthname now
  quarter second strftime strptime time_bucket timezone timezone_hour timezone_minute to_centuries
  to_days to_decades to_hours to_microseconds to_millennia to_milliseconds to_minutes to_months
  to_quarters to_seconds to_timestamp to_weeks to_years today try_strptime week weekday weekofyear
  year yearweek ago`)

const STRUCTURES = words(`
  array_contains array_distinct array_extract array_has array_has_all array_has_any array_indexof
  array_length array_position array_slice array_value cardinality element_at flatten json
  json_array json_array_length json_exists json_extract json_extract_path
  json_extract_path_text json_extract_string json_keys json_object json_quote json_type json_valid
  json_value list_aggregate list_any_value list_avg list_concat list_contains
  list_count list_distinct list_element list_extract list_first list_has list_has_all list_has_any
  list_indexof list_intersect list_last list_max list_median list_min list_mode list_position
  list_reverse list_reverse_sort list_slice list_sort list_sum list_unique list_value list_zip map
  map_contains map_entries map_extract map_extract_value map_from_entries map_keys map_values row
  row_to_json struct_contains struct_extract struct_extract_at struct_insert struct_keys
  struct_pack struct_values to_json unnest`)

const CHOICES = words('coalesce if ifnull nullif typeof')

const AGGREGATES = words(`
  any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_max_null
  arg_min arg_min_null argmax argmin array_agg avg bit_and bit_or bit_xor bool_and bool_or corr
  count count_if count_star countif covar_pop covar_samp entropy favg first fsum geomean
  geometric_mean group_concat histogram json_group_array json_group_object kahan_sum kurtosis last
  list listagg mad max max_by mean median min min_by mode product quantile quantile_cont
  quantile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy
  regr_syy sem skewness stddev stddev_pop stddev_samp string_agg sum sumkahan var_pop var_samp
  variance wavg weighted_avg`)

const WINDOWS = words(`
  cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank
  rank_dense row_number`)

export const SQL_FUNCTIONS: ReadonlySet<string> = new Set(
  [OPERATORS, NUMBERS, TEXTS, TIMES, STRUCTURES, CHOICES, AGGREGATES, WINDOWS].flat(),
)

/** Functions that may stand where a table does. */
export const SQL_TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'range',
  'generate_series',
  'unnest',
])

/**
 * Functions that put a text into another one many times, and the first argument that must stand in
 * the query as it is.
 */
export const SQL_TEXT_FUNCTIONS: ReadonlyMap<string, number> = new Map([
  ['replace', 1],
  ['regexp_replace', 1],
  ['array_to_string', 1],
])
