/** What went wrong with the cluster, in words: what happened, why, what to do. */
export class ClusterError extends Error {}
