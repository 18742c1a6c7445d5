import { seededRandom } from '../../../core/time/random.ts'
import { type CallPort, type Fault, type FaultKind, FaultPlan } from './fault-plan.ts'

/** A call that something happens to, by its key. */
export interface OnlyFault {
  readonly key: string
  readonly kind: FaultKind<CallPort>
}

/** A world in which everything goes well but for one call, if any; tells which calls there were. */
export class OneFault extends FaultPlan {
  /** Keys of all calls that a fault could have met, as in `store with-next 3`, in order. */
  readonly asked: string[] = []
  readonly #seed: string
  readonly #fault: OnlyFault | undefined

  constructor(seed: string, fault?: OnlyFault) {
    super(seed)
    this.#seed = seed
    this.#fault = fault
  }

  override at<P extends CallPort>(_port: P, key: string): Fault<P> | undefined {
    this.asked.push(key)
    if (this.#fault?.key !== key) return undefined
    const { kind } = this.#fault
    this.drawn.push(key)
    this.drawnKinds.add(kind)
    return { key, kind: kind as FaultKind<P>, random: seededRandom(`${this.#seed}/${key}`) }
  }

  override mayHave(): boolean {
    return false
  }

  override moments(): [] {
    return []
  }
}
