// Fields on parameters: legacy decorators only. A property that is private is not seen by the compiler there, and not checked.
import { int, LogField, LogFields } from 'wideline/decorators'

class Orders {
  @LogField.string() private readonly card = '4111'

  @LogFields({ items: int.result((r) => r.length) })
  pay(@LogField.int('orderId') _id: number, @LogField.string('card', { redact: 'last4' }) _card: string): string[] {
    return [this.card]
  }
}
void Orders
