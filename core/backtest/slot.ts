/** How long a slot is, milliseconds. Source: the embedded chain's, and mainnet's target. */
export const SLOT_MS = 400
