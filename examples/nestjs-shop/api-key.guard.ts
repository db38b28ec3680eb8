import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common'

@Injectable()
export class ApiKeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>()
    if (headers['x-api-key'] !== 'k-1') throw new ForbiddenException('an API key is needed')
    return true
  }
}
