/** One open connection to a pub/sub endpoint: JSON-RPC texts both ways. */
export interface Line {
  send(text: string): void
  /** Ends it at once; `onClose` is told. */
  close(): void
}

interface LineEvents {
  onText(text: string): void
  /** The line is gone: told once, with why. */
  onClose(why: string): void
}

/** Where notifications come from: a WebSocket, or the embedded chain. */
export interface PubSubEndpoint {
  /** For people, without secrets. */
  readonly name: string
  /**
   * Whether to listen for slots, so that silence tells a dead line from a quiet market. Only where time is real: where
   * it is ours every slot would cost a round trip, and silence has no length.
   */
  readonly pulses: boolean
  /** @throws RPC_UNAVAILABLE when it can not be opened; the signal's reason. */
  open(events: LineEvents, signal: AbortSignal): Promise<Line>
}
