// Fields on properties, in whichever decorator mode this is compiled.
import { fieldKind, LogField } from 'wideline/decorators'

interface Money {
  readonly amount: number
}
const money = fieldKind({ name: 'money', base: 'float', coerce: (sum: Money) => sum.amount })

class Payment {
  @LogField.float() amount!: number
  @LogField.int() count?: number
  @LogField.string({ redact: 'last4' }) card: string | null = null
  @LogField.timestamp('paidAt') at = new Date()
  @LogField.timestamp() due = 0
  @LogField.bool() isGift = false
  @LogField.bigint() ledger = 1n
  @LogField.duration() took = 1.5
  @LogField.error() problem: unknown
  @LogField.any() meta = { a: 1 }
  @LogField.int({ coerce: Number }) text = '42'
  @LogField.of(money()) total: Money = { amount: 1 }
  @LogField.string() accessor note = 'x'
  @LogField.int()
  get year(): number {
    return 2026
  }

  // @ts-expect-error -- a property of another kind
  @LogField.int() wrong = '42'
  // @ts-expect-error -- a property of another kind
  @LogField.string() wrongToo = 42
  // @ts-expect-error -- a property of another kind
  @LogField.of(money()) wrongMoney = 42
  // @ts-expect-error -- an accessor of another kind
  @LogField.int() accessor wrongAccessor = 'x'
  // @ts-expect-error -- an unknown option
  @LogField.int({ redcat: 'mask' }) misspelt = 1
}
void Payment

// A class with parameters of its own: they fit by what they extend.
interface Row {
  readonly id: string
  readonly total: number | null
}
class Page<Kind extends string, Count extends number, Item extends Row, Rest> {
  @LogField.string() kind!: Kind
  @LogField.string('of', { redact: 'last4' }) other?: Kind
  @LogField.int() count: Count | null = null
  @LogField.string() first!: Item['id']
  @LogField.float() total!: Item['total']
  @LogField.any() rest!: Rest[]
  @LogField.string()
  get name(): Kind {
    return this.kind
  }

  // @ts-expect-error -- a parameter of another kind
  @LogField.string() wrong!: Count
  // @ts-expect-error -- a parameter that may be anything
  @LogField.int() wrongToo!: Rest
  // @ts-expect-error -- another kind inside it
  @LogField.int() wrongInside!: Item['id']
}
void Page
