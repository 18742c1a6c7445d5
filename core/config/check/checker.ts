import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { TokenDirectory } from '../../money/token.ts'
import { closeSchema, type JsonSchema } from '../values/schema-walk.ts'
import { FORMATS, formatProblem } from './formats.ts'

/** Validates plain values by schema, filling in defaults; each schema is compiled once. */
export class Checker {
  readonly tokens: TokenDirectory | undefined
  readonly #ajv: Ajv2020
  readonly #compiled = new WeakMap<JsonSchema, ValidateFunction>()

  private constructor(tokens: TokenDirectory | undefined) {
    this.tokens = tokens
    this.#ajv = new Ajv2020({
      allErrors: true,
      verbose: true,
      useDefaults: true,
      strict: false,
      // Definitions are checked when a plugin is registered and params by PARAM_SCHEMA; compiling the meta-schema costs
      // more than all of lint.
      validateSchema: false,
      meta: false,
      logger: false,
      formats: Object.fromEntries(
        Object.keys(FORMATS).map(name => [name, (text: string) => formatProblem(name, text, tokens) === undefined]),
      ),
    })
  }

  static readonly #plain = new Checker(undefined)
  static readonly #byTokens = new WeakMap<TokenDirectory, Checker>()

  /** The checker for the tokens of a cluster; without them only the form of amounts and tokens is checked. */
  static for(tokens: TokenDirectory | undefined): Checker {
    if (!tokens) return Checker.#plain
    let checker = Checker.#byTokens.get(tokens)
    if (!checker) {
      checker = new Checker(tokens)
      Checker.#byTokens.set(tokens, checker)
    }
    return checker
  }

  /**
   * What is wrong with the value; it receives the defaults of the schema. Objects take only the fields they name.
   *
   * @throws whatever ajv throws for a schema that is none, such as a pattern that is no regular expression.
   */
  check(schema: JsonSchema, value: unknown): readonly ErrorObject[] {
    let validate = this.#compiled.get(schema)
    if (!validate) {
      validate = this.#ajv.compile(closeSchema(schema))
      this.#compiled.set(schema, validate)
    }
    return validate(value) ? [] : (validate.errors ?? [])
  }
}
