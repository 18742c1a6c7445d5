import { type TObject, type TProperties, Type } from 'typebox'

/** A group of fields of a document, none besides. */
export const doc = <Properties extends TProperties>(properties: Properties, description: string): TObject<Properties> =>
  Type.Object(properties, { description, additionalProperties: false })

export const Text = (description: string) => Type.String({ description })
export const Units = (description: string) => Type.String({ description, pattern: '^-?\\d+$' })
export const Count = (description: string) => Type.Integer({ description, minimum: 0 })
export const Time = (description: string) => Type.String({ description, format: 'date-time' })
export const oneOf = <Values extends string[]>(values: readonly [...Values], description: string) =>
  Type.Enum<Values>(values, { description })
