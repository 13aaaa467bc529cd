/**
 * Network addresses: whose a request is when proxies stand before us, and how much of one is kept.
 * A text that is no address is none: it is never passed on as one.
 */
import { BlockList, isIP, isIPv4 } from 'node:net'
import { ClickpathError } from '../std/errors.ts'
import type { Settings } from '../std/settings.ts'

/**
 * The groups of an IPv6 address that say which network it is in; the last 80 bits are the house.
 */
const IPV6_GROUPS_KEPT = 3
const IPV6_GROUPS = 8

/** An address without port, brackets, zone and `::ffff:`; undefined for what is none. */
function plainAddress(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/^([\d.]+):\d+$/, '$1')
  return isIP(bare) === 0 ? undefined : bare
}

/** The networks of the setting `trusted_proxies`. Throws `SETTINGS_INVALID` for what is none. */
export function trustedNetworks(setting: string): BlockList {
  const networks = new BlockList()
  for (const entry of setting.split(',')) {
    if (entry.trim() !== '') addNetwork(networks, entry.trim())
  }
  return networks
}

function addNetwork(networks: BlockList, entry: string): void {
  const [address = '', prefix] = entry.split('/')
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  const bits = prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix)
  try {
    networks.addSubnet(address, bits, family)
  } catch {
    throw new ClickpathError('SETTINGS_INVALID', `trusted_proxies: ${entry} is no network.`)
  }
}

/**
 * The address of who asked: that of the connection, or, where it is a trusted proxy's, what that
 * proxy forwarded, from the right as long as proxies are trusted. Whatever stands further left was
 * written by somebody unknown. Undefined where a trusted proxy forwarded no address.
 */
export function addressOf(
  connected: string,
  forwarded: string | undefined,
  trusted: BlockList,
): string | undefined {
  let address = plainAddress(connected)
  const hops = forwarded?.split(',') ?? []
  while (address !== undefined && hops.length > 0 && isTrusted(address, trusted)) {
    address = plainAddress(hops.pop() ?? '')
  }
  return address
}

function isTrusted(address: string, trusted: BlockList): boolean {
  return trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}

/** What is kept of an address by the setting `ip_address`; undefined for nothing. */
export function keptAddress(text: string, policy: Settings['ip_address']): string | undefined {
  if (policy === 'keep') return text
  if (policy === 'drop') return undefined
  const address = plainAddress(text)
  if (address === undefined) return undefined
  return isIPv4(address) ? address.replace(/\d+$/, '0') : truncatedIpv6(address)
}

function truncatedIpv6(address: string): string {
  const [before = '', after] = address.toLowerCase().split('::')
  const head = groupsOf(before)
  const tail = groupsOf(after ?? '')
  const zeros = new Array<string>(IPV6_GROUPS - head.length - tail.length).fill('0')
  const kept = [...head, ...zeros, ...tail]
    .slice(0, IPV6_GROUPS_KEPT)
    .map((group) => group.replace(/^0+(?=.)/, ''))
  while (kept.at(-1) === '0') kept.pop()
  return `${kept.join(':')}::`
}

/** Tricky: an IPv4 address written at the end of an IPv6 one stands for two groups. */
function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/[\d.]+\.\d+$/, '0:0').split(':')
}
