/**
 * The collect path of the shop's own (setting `collect_path`). Ad blockers go by well-known paths;
 * one that only this shop has, on its own domain, is on no list.
 *
 *   collect_path /shop-data:   /shop-data            is  /v1/events
 *                              /shop-data/v1/batch   is  /v1/batch
 *
 * Trackers of Snowplow's may have been given a path of their own as well (setting
 * `snowplow_paths`).
 */
import type { Settings } from '../std/settings.ts'
import { native } from './formats/native.ts'
import { snowplow } from './formats/snowplow.ts'

const EVENTS_PATH = native.paths[0] as string
const TRACKER_PATH = snowplow.paths[0] as string

/** The path under which the collector knows what was asked for. */
export function knownPath(path: string, { collect_path, snowplow_paths }: Settings): string {
  if (snowplow_paths !== '' && snowplow_paths.split(',').includes(path)) return TRACKER_PATH
  if (collect_path === EVENTS_PATH) return path
  if (path === collect_path) return EVENTS_PATH
  return path.startsWith(`${collect_path}/`) ? path.slice(collect_path.length) : path
}
