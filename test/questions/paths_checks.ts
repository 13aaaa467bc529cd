/** What tests read out of an answer of `paths`. */
import assert from 'node:assert/strict'
import type { PathsAnswer } from '../../src/present/questions/paths_answer.ts'

/** Nodes and links as the reducer gives them. */
export const countsOf = ({ sessions, nodes, links }: PathsAnswer) => ({
  sessions,
  nodes: new Map(nodes.map((node) => [node.id, node.sessions])),
  links: new Map(links.map((link) => [`${link.source} > ${link.target}`, link.sessions])),
})

export const sum = (rows: readonly { readonly sessions: number }[]) =>
  rows.reduce((total, { sessions }) => total + sessions, 0)

/** What anybody can check who has nothing but the answer. */
export function checkSums({ sessions, depth, nodes, links, positions }: PathsAnswer): void {
  for (const { position, total, steps, other, outside } of positions) {
    assert.equal(total, sessions)
    assert.equal(steps + other + outside, sessions)
    assert.equal(sum(nodes.filter((node) => node.position === position)), sessions)
    if (position === depth) continue
    assert.equal(sum(links.filter((link) => link.position === position)), sessions)
  }
  for (const { id, sessions: own, position } of nodes) {
    if (position < depth) assert.equal(sum(links.filter(({ source }) => source === id)), own)
    if (position > 1) assert.equal(sum(links.filter(({ target }) => target === id)), own)
  }
}
