/** A figure, or why there is none. What is not known is never told as zero. */
export type Figure = number | NotAvailable

export interface NotAvailable {
  /** A clause for people: "7 days, 14 are needed". */
  readonly notAvailable: string
}

export function unknown(why: string): NotAvailable {
  return { notAvailable: why }
}

export function isKnown(figure: Figure): figure is number {
  return typeof figure === 'number'
}
