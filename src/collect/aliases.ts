/**
 * The collect path of the shop's own (setting `collect_path`). Ad blockers go by well-known paths;
 * one that only this shop has, on its own domain, is on no list.
 *
 *   collect_path /shop-data:   /shop-data            is  /v1/events
 *                              /shop-data/v1/batch   is  /v1/batch
 */
import type { Settings } from '../std/settings.ts'
import { native } from './formats/native.ts'

const EVENTS_PATH = native.paths[0] as string

/** The path under which the collector knows what was asked for. */
export function knownPath(path: string, { collect_path }: Settings): string {
  if (path === collect_path) return EVENTS_PATH
  return path.startsWith(`${collect_path}/`) ? path.slice(collect_path.length) : path
}
