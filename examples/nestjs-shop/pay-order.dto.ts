import { IsPositive, IsString, Length } from 'class-validator'
import { LogField } from 'wideline/decorators'

/** What a client sends to pay an order. Its declared fields go on the wide line; the card's number never does. */
export class PayOrder {
  @LogField.float()
  @IsPositive()
  amount!: number

  @LogField.string({ redact: 'last4' })
  @IsString()
  @Length(12, 19)
  card!: string
}
