/** `2024-01-01 03:00:00`, UTC. */
export function timeText(at_ms: number): string {
  return new Date(at_ms).toISOString().replace('T', ' ').slice(0, 19)
}
