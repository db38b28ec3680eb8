import {
  BadRequestException,
  Body,
  type CanActivate,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Put,
  type Type,
  UseGuards,
} from '@nestjs/common'
import { type LevelInfo, type Logger, OptionError, type SetLevelOptions, type Threshold } from '../../../src/index.js'
import { LOGGER } from '../logger.constants.js'

/** A controller of its own for each path: what guards it is noted on the class. */
export function levelsController(path: string, guards: readonly (Type<CanActivate> | CanActivate)[]): Type {
  @Controller(path)
  @UseGuards(...guards)
  class LevelsController {
    constructor(@Inject(LOGGER) private readonly logger: Logger) {}

    /** Every name in use, with its level. */
    @Get() list(): LevelInfo[] {
      return this.logger.levels.list()
    }

    @Get(':names') show(@Param('names') names: string): { names: string; level: Threshold } {
      return this.refusing(() => ({ names, level: this.logger.levels.get(names) }))
    }

    /** The root's. */
    @Put() setRoot(@Body() body: unknown): LevelInfo[] {
      return this.set('', body)
    }

    @Put(':names') set(@Param('names') names: string, @Body() body: unknown): LevelInfo[] {
      const { level, ...options } = (typeof body === 'object' && body !== null ? body : {}) as {
        level?: unknown
      } & SetLevelOptions
      return this.change(() => this.logger.levels.set(names, level as Threshold, options))
    }

    @Delete(':names') @HttpCode(200) reset(@Param('names') names: string): LevelInfo[] {
      return this.change(() => this.logger.levels.reset(names))
    }

    private change(make: () => void): LevelInfo[] {
      this.refusing(make)
      return this.list()
    }

    /** What the client asked for that is none is its own mistake. */
    private refusing<T>(ask: () => T): T {
      try {
        return ask()
      } catch (problem) {
        if (problem instanceof OptionError) throw new BadRequestException(problem.message, { cause: problem })
        throw problem
      }
    }
  }
  return LevelsController
}
