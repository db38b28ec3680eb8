/** What a value of a field is compared by. */
export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~' | 'in' | 'exists'

/** What it is compared with. */
export type Operand = string | number | boolean | null

/** An expression, read and not yet compiled. `column` counts from 1; 0 where there is none, as in an object. */
export type Node =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Node[] }
  | { readonly kind: 'not'; readonly part: Node }
  | {
      readonly kind: 'compare'
      readonly field: string
      readonly operator: Operator
      readonly operands: readonly Operand[]
      readonly column: number
    }
