/** A point of a curve. */
export interface CurvePoint {
  readonly at: number
  readonly value: number
}

/** A piece of a curve: where it began, its extremes, where it ended, and the deepest drawdown within. */
interface CurvePiece {
  readonly points: readonly CurvePoint[]
  readonly drawdown: CurvePoint
}

const FIELDS = ['firstAt', 'first', 'lowAt', 'low', 'highAt', 'high', 'lastAt', 'last', 'deepAt', 'deep'] as const
const WIDTH = FIELDS.length
const [FIRST_AT, FIRST, LOW_AT, LOW, HIGH_AT, HIGH, LAST_AT, LAST, DEEP_AT, DEEP] = FIELDS.map((_, place) => place) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]

/**
 * A curve of any length in bounded memory: pieces of equally many observations, each with first, lowest, highest and
 * last. When all pieces are full, neighbours become one and hold twice as many. No extreme is ever lost.
 */
export class EquityCurve {
  readonly #capacity: number
  readonly #rows: Float64Array
  /** Observations a piece holds. */
  #stride = 1
  #pieces = 0
  #inPiece = 0

  /** @param capacity pieces at most, an even number; the curve has four points a piece */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 2 || capacity % 2 !== 0)
      throw new RangeError(`a curve needs an even number of pieces: ${capacity}`)
    this.#capacity = capacity
    this.#rows = new Float64Array(capacity * WIDTH)
  }

  /** @param drawdown share of the peak it is below it */
  observe(at_ms: number, value: number, drawdown: number): void {
    const rows = this.#rows
    if (this.#inPiece === this.#stride || this.#pieces === 0) {
      this.#begin(at_ms, value, drawdown)
      return
    }
    const row = (this.#pieces - 1) * WIDTH
    this.#inPiece++
    if (value < rows[row + LOW]!) {
      rows[row + LOW] = value
      rows[row + LOW_AT] = at_ms
    }
    if (value > rows[row + HIGH]!) {
      rows[row + HIGH] = value
      rows[row + HIGH_AT] = at_ms
    }
    if (drawdown > rows[row + DEEP]!) {
      rows[row + DEEP] = drawdown
      rows[row + DEEP_AT] = at_ms
    }
    rows[row + LAST] = value
    rows[row + LAST_AT] = at_ms
  }

  /** The curve, in order of time; no time twice. */
  points(): readonly CurvePoint[] {
    return withoutRepeats(this.#list().flatMap(piece => piece.points))
  }

  /** The deepest drawdown of each piece, in order of time. */
  drawdowns(): readonly CurvePoint[] {
    return withoutRepeats(this.#list().map(piece => piece.drawdown))
  }

  #list(): readonly CurvePiece[] {
    return Array.from({ length: this.#pieces }, (_, index) => {
      const row = this.#rows.subarray(index * WIDTH, (index + 1) * WIDTH)
      const points = [
        { at: row[FIRST_AT]!, value: row[FIRST]! },
        { at: row[LOW_AT]!, value: row[LOW]! },
        { at: row[HIGH_AT]!, value: row[HIGH]! },
        { at: row[LAST_AT]!, value: row[LAST]! },
      ]
      return { points: points.sort((a, b) => a.at - b.at), drawdown: { at: row[DEEP_AT]!, value: row[DEEP]! } }
    })
  }

  #begin(at_ms: number, value: number, drawdown: number): void {
    if (this.#pieces === this.#capacity) this.#halve()
    const row = this.#pieces * WIDTH
    for (const place of [FIRST_AT, LOW_AT, HIGH_AT, LAST_AT, DEEP_AT]) this.#rows[row + place] = at_ms
    for (const place of [FIRST, LOW, HIGH, LAST]) this.#rows[row + place] = value
    this.#rows[row + DEEP] = drawdown
    this.#pieces++
    this.#inPiece = 1
  }

  #halve(): void {
    const rows = this.#rows
    for (let target = 0; target < this.#capacity / 2; target++) {
      const into = target * WIDTH
      const left = 2 * into
      const right = left + WIDTH
      const lower = rows[left + LOW]! <= rows[right + LOW]! ? left : right
      const higher = rows[left + HIGH]! >= rows[right + HIGH]! ? left : right
      const deeper = rows[left + DEEP]! >= rows[right + DEEP]! ? left : right
      const merged = [
        rows[left + FIRST_AT]!,
        rows[left + FIRST]!,
        rows[lower + LOW_AT]!,
        rows[lower + LOW]!,
        rows[higher + HIGH_AT]!,
        rows[higher + HIGH]!,
        rows[right + LAST_AT]!,
        rows[right + LAST]!,
        rows[deeper + DEEP_AT]!,
        rows[deeper + DEEP]!,
      ]
      rows.set(merged, into)
    }
    this.#pieces = this.#capacity / 2
    this.#stride *= 2
  }
}

function withoutRepeats(points: readonly CurvePoint[]): readonly CurvePoint[] {
  return points.filter((point, index) => index === 0 || point.at > points[index - 1]!.at)
}
