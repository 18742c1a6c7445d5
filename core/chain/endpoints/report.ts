import { redactUrl } from '../redact.ts'
import type { Endpoint } from './endpoint.ts'
import type { EndpointState } from './health.ts'

/** How an endpoint has been doing. */
export interface EndpointReport {
  /** Without its secrets. */
  readonly url: string
  readonly state: EndpointState
  readonly requests: number
  /** Without an answer, or with one that says "later" or makes no sense. */
  readonly failures: number
  readonly rateLimited: number
  /** Reads that another endpoint answered first. */
  readonly outrun: number
  /** Moving average, 0 to 1. */
  readonly errorRate: number
  /** Moving average in wall time; absent before the first answer. */
  readonly latency_ms?: number
  readonly lag_slots: number
}

export function reportOf(endpoint: Endpoint, now: number, lagMax_slots: number): EndpointReport {
  const { url, health } = endpoint
  const { requests, failures, rateLimited, outrun, errorRate, latency_ms, lag_slots } = health
  return {
    url: redactUrl(url),
    state: health.state(now, lagMax_slots),
    ...{ requests, failures, rateLimited, outrun, lag_slots },
    errorRate: Math.round(errorRate * 1000) / 1000,
    ...(latency_ms !== undefined && { latency_ms: Math.round(latency_ms * 100) / 100 }),
  }
}

/** A sentence for each endpoint that is of no use now. */
export function warningsOf(endpoints: readonly Endpoint[], now: number, lagMax_slots: number): string[] {
  return endpoints
    .map(endpoint => warningOf(endpoint, endpoint.health.state(now, lagMax_slots)))
    .filter(warning => warning !== undefined)
}

function warningOf({ url, health, genesisHash }: Endpoint, state: EndpointState): string | undefined {
  const who = `the endpoint ${redactUrl(url)}`
  switch (state) {
    case 'foreign':
      return `${who} belongs to another network (genesis hash ${genesisHash}): it was not used`
    case 'behind':
      return `${who} is ${health.lag_slots} slots behind: nothing was decided on what it says`
    case 'down':
      return `${who} does not answer: ${health.failures} of ${health.requests} requests failed`
    case 'limited':
      return `${who} limits requests: it refused ${health.rateLimited} of ${health.requests}`
    case 'degraded':
      return `${who} is unreliable: ${health.failures + health.rateLimited} of ${health.requests} requests failed`
    case 'ok':
      return undefined
  }
}
