import { redactor } from '../../config/redaction.ts'

/** The secrets that a desk knows, to be taken out of what it logs: an order that is taken up, or comes later, brings its own. */
export class KnownSecrets {
  readonly #secrets: Set<string>
  #redact: (text: string) => string

  constructor(secrets: Iterable<string> = []) {
    this.#secrets = new Set(secrets)
    this.#redact = redactor(this.#secrets)
  }

  add(secret: string): void {
    if (this.#secrets.has(secret)) return
    this.#secrets.add(secret)
    this.#redact = redactor(this.#secrets)
  }

  redact(text: string): string {
    return this.#redact(text)
  }
}
