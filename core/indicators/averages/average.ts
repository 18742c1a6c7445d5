import type { Remembering } from '../indicator.ts'

/** A streaming average of plain values; indicators are made of them. */
export interface Average extends Remembering {
  /** Values it takes until there is an average. */
  readonly needs: number
  update(value: number): number | undefined
}
