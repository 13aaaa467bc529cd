/**
 * What supervisor and child say to each other over their channel. A connection is held by both
 * until the child has told that it took it, so it outlives a child that dies in between.
 *
 *   child                        supervisor
 *     <---- connection 7 + socket ----        keeps its own copy
 *     ----- taken 7 ---------------->         closes its copy
 *     ----- ready, url ------------->
 *     <---- stop ---------------------        the child ends in good order
 */

export type ToChild =
  | { readonly kind: 'connection'; readonly number: number }
  | { readonly kind: 'stop' }

export type ToSupervisor =
  | { readonly kind: 'ready'; readonly url: string | null }
  | { readonly kind: 'taken'; readonly number: number }
