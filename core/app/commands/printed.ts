/** What a command prints: for people, and as its `--json` document. */
export interface Printed {
  readonly text: string
  readonly document: object
}
